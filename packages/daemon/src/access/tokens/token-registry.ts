/**
 * All access tokens: those of the configuration and those of the database. Decides which are valid now, passes them to what
 * decides by tokens, and closes the connections of those that are no longer valid. The methods that read or write the store
 * answer when it does, and run one after another.
 */
import { FaultError, messageOf, type Clock, type Logger } from '@sidetone/core';
import { InOrder, mapNowOrLater, settled, type NowOrLater, type Steps } from '../../now-or-later.ts';
import type { AccessToken } from '../access-tokens.ts';
import { LOCAL_VIEWER } from '../viewer.ts';
import { newToken, type NewToken, type TokenRequest } from './new-token.ts';
import { hasEnded, type StoredToken, type TokenStore } from './stored-token.ts';
import { WRITE_INTERVAL_MS, type TokenUse } from './token-use.ts';

/** How often the database is checked for changes by other programs, and tokens for expiry, ms. */
export const CHECK_INTERVAL_MS = 500;
/** The time until the connections of a revoked token are closed, ms: its owner may have revoked it and awaits the response. */
export const CLOSE_DELAY_MS = 200;

export type TokenState = 'ACTIVE' | 'EXPIRED' | 'REVOKED' | 'REPLACED';

export interface ListedToken extends AccessToken, Partial<Omit<StoredToken, keyof AccessToken>> {
  readonly source: 'CONFIGURATION' | 'DATABASE';
  readonly state: TokenState;
  /** Epoch ms; undefined if it was never used. */
  readonly lastUsedAt: number | undefined;
}

/**
 * Viewers whose connections must not continue: REVOKED if their token is not valid any longer, CHANGED if it is, with other
 * scopes.
 */
export type EndedViewers = ReadonlyMap<string, 'REVOKED' | 'CHANGED'>;

interface TokenRegistryDeps {
  /** The tokens of the configuration. */
  readonly configured: readonly AccessToken[];
  /** Whether requests need a token although there is none. */
  readonly isRequired: boolean;
  /** Whether other machines could do everything if there were no tokens. */
  readonly mustNotOpen: boolean;
  readonly store: TokenStore;
  readonly use: TokenUse;
  /** What decides by tokens. */
  readonly holders: () => readonly { setTokens(tokens: readonly AccessToken[], isOpen: boolean): void }[];
  readonly connections: () => {
    readonly viewers: ReadonlySet<string>;
    closeThoseOf(viewers: EndedViewers): void;
  };
  readonly clock: Pick<Clock, 'now' | 'elapsed' | 'schedule'>;
  readonly log: Pick<Logger, 'info' | 'warn'>;
}

/** What is valid now. */
interface Valid {
  readonly tokens: readonly AccessToken[];
  readonly isOpen: boolean;
}

export class TokenRegistry {
  readonly #deps: TokenRegistryDeps;
  #configured: readonly AccessToken[];
  #stored: readonly StoredToken[] = [];
  #valid: Valid;
  #version = 0;
  #writtenAt: number;
  #cancelCheck: (() => void) | undefined;
  #cancelClosing = new Set<() => void>();
  readonly #turns = new InOrder();
  #isStopped = false;
  #isFailing = false;

  constructor(deps: TokenRegistryDeps) {
    this.#deps = deps;
    this.#configured = deps.configured;
    this.#valid = { tokens: deps.configured, isOpen: false };
    this.#writtenAt = deps.clock.elapsed();
  }

  /** Whether the daemon has no access tokens, so every permitted sender has all scopes. */
  get isOpen(): boolean {
    return this.#valid.isOpen;
  }

  /** The number of valid tokens. */
  get size(): number {
    return this.#valid.tokens.length;
  }

  /** Reads the stored tokens, and checks them from now on. Rejects with a fault of kind store. */
  async start(): Promise<void> {
    const { store, use } = this.#deps;
    this.#version = await store.version();
    this.#stored = await store.list();
    await use.load();
    this.#apply();
    this.#scheduleCheck();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancelCheck?.();
    for (const cancel of this.#cancelClosing) cancel();
    const write = this.#deps.use.write.bind(this.#deps.use, this.#all());
    await this.#turns.run(function* (): Steps<void> {
      yield* settled(write());
    });
  }

  #scheduleCheck(): void {
    if (this.#isStopped) return;
    this.#cancelCheck = this.#deps.clock.schedule(CHECK_INTERVAL_MS, () => {
      void mapNowOrLater(
        this.#turns.run(() => this.#check()),
        () => this.#scheduleCheck(),
      );
    });
  }

  /** Returns all tokens, those of the configuration first, then the newest first. */
  list(): readonly ListedToken[] {
    const { use, clock } = this.#deps;
    const now = clock.now();
    const listed = (token: AccessToken, state: TokenState, source: ListedToken['source']): ListedToken => ({
      ...token,
      source,
      state,
      lastUsedAt: use.of(token.sha256),
    });
    return [
      ...this.#configured.map((token) => listed(token, 'ACTIVE', 'CONFIGURATION')),
      ...this.#stored
        .toSorted((one, other) => other.createdAt - one.createdAt)
        .map((token) => listed(token, this.#stateOf(token, now), 'DATABASE')),
    ];
  }

  /** Creates a token. @throws {FaultError} INPUT_INVALID, LIMIT_TOKENS, or of kind store. */
  create(request: TokenRequest, by: string): NowOrLater<NewToken> {
    return this.#turns.run(() => this.#create(request, by));
  }

  *#create(request: TokenRequest, by: string): Steps<NewToken> {
    const { store, clock } = this.#deps;
    const now = clock.now();
    const active = this.#stored.filter((token) => !hasEnded(token, now));
    const taken = new Set([...this.#configured, ...active].map(({ name }) => name));
    const created = newToken(request, { by, now, taken });
    const { name, scopes, expiresAt } = created.token;
    const entry = { at: now, by, action: 'TOKEN_CREATED', details: { name, scopes, expiresAt } } as const;
    yield* settled(store.put(created.token, entry));
    this.#stored = yield* settled(store.list());
    this.#apply(CLOSE_DELAY_MS);
    return created;
  }

  /** Revokes a token. @throws {FaultError} TOKEN_NOT_FOUND, TOKEN_CONFIGURED, or of kind store. */
  revoke(name: string, by: string): NowOrLater<ListedToken> {
    return this.#turns.run(() => this.#revoke(name, by));
  }

  *#revoke(name: string, by: string): Steps<ListedToken> {
    const { store, clock } = this.#deps;
    if (this.#configured.some((token) => token.name === name))
      throw new FaultError('TOKEN_CONFIGURED', `the access token ${name} is one of the configuration file`);
    const now = clock.now();
    const isKnown = this.#stored.some((token) => token.name === name && !hasEnded(token, now));
    const entry = { at: now, by, action: 'TOKEN_REVOKED', details: { name } } as const;
    if (!isKnown || !(yield* settled(store.revoke(name, now, entry))))
      throw new FaultError('TOKEN_NOT_FOUND', 'there is no valid access token with this name');
    this.#stored = yield* settled(store.list());
    this.#apply(CLOSE_DELAY_MS);
    return this.list().find((token) => token.source === 'DATABASE' && token.name === name)!;
  }

  /**
   * Replaces the tokens of the configuration.
   * @throws {FaultError} CONFIG_INVALID, and nothing changes, if other machines could then do everything.
   */
  replaceConfigured(tokens: readonly AccessToken[]): void {
    if (this.#deps.mustNotOpen && this.#wouldOpen(tokens)) {
      const reason = 'because other machines can reach this daemon';
      throw new FaultError('CONFIG_INVALID', `auth.tokens: expected at least one token, ${reason}`);
    }
    this.#configured = tokens;
    this.#apply();
  }

  /** An ended token keeps the daemon closed: its end must not give its scopes to everybody. */
  #wouldOpen(configured: readonly AccessToken[]): boolean {
    return !this.#deps.isRequired && configured.length === 0 && this.#stored.length === 0;
  }

  #stateOf(token: StoredToken, now: number): TokenState {
    if (token.revokedAt !== null) return 'REVOKED';
    if (hasEnded(token, now)) return 'EXPIRED';
    return this.#isReplaced(token) ? 'REPLACED' : 'ACTIVE';
  }

  /** One name stands for one owner: the configuration decides. */
  #isReplaced({ name, sha256 }: StoredToken): boolean {
    return this.#configured.some((token) => token.name === name || token.sha256 === sha256);
  }

  #all(): readonly AccessToken[] {
    return [...this.#configured, ...this.#stored];
  }

  #apply(closeDelayMs = 0): void {
    const { holders, clock } = this.#deps;
    const now = clock.now();
    const stored = this.#stored.filter((token) => this.#stateOf(token, now) === 'ACTIVE');
    const next = { tokens: [...this.#configured, ...stored], isOpen: this.#wouldOpen(this.#configured) };
    const ended = endedBy(this.#valid, next);
    this.#valid = next;
    for (const holder of holders()) holder.setTokens(next.tokens, next.isOpen);
    if (ended.size > 0) this.#close(ended, closeDelayMs);
  }

  #close(viewers: EndedViewers, delayMs: number): void {
    const { connections, clock } = this.#deps;
    if (delayMs === 0) return connections().closeThoseOf(viewers);
    const cancel = clock.schedule(delayMs, () => {
      this.#cancelClosing.delete(cancel);
      connections().closeThoseOf(viewers);
    });
    this.#cancelClosing.add(cancel);
  }

  /** Never throws. A token expires at its time, also while the store cannot be read. */
  *#check(): Steps<void> {
    const { clock } = this.#deps;
    const now = clock.now();
    const isCurrent = this.#valid.tokens.every(
      (token) => !('expiresAt' in token) || !hasEnded(token as StoredToken, now),
    );
    if (!isCurrent) this.#apply();
    yield* this.#readChanges();
    if (clock.elapsed() - this.#writtenAt >= WRITE_INTERVAL_MS) this.#writeUse();
  }

  /** Reads the tokens if another program has written to the database. Never throws. */
  *#readChanges(): Steps<void> {
    const { store, log } = this.#deps;
    try {
      const version = yield* settled(store.version());
      if (version !== this.#version) {
        this.#stored = yield* settled(store.list());
        this.#apply();
      }
      this.#version = version;
      this.#isFailing = false;
    } catch (error) {
      if (!this.#isFailing) log.warn('reading access tokens failed, retrying', { reason: messageOf(error) });
      this.#isFailing = true;
    }
  }

  /** An open connection counts as a use: its owner would notice a revocation. */
  #writeUse(): void {
    const { use, connections, clock } = this.#deps;
    this.#writtenAt = clock.elapsed();
    const { viewers } = connections();
    for (const { name, sha256 } of this.#valid.tokens) if (viewers.has(name)) use.record(sha256);
    void use.write(this.#all());
  }
}

/** Returns the names of the viewers that are no longer valid, or have another secret or other scopes. */
function endedBy(before: Valid, after: Valid): EndedViewers {
  if (before.isOpen) return new Map(after.isOpen ? [] : [[LOCAL_VIEWER.name, 'REVOKED']]);
  const textOf = ({ name, sha256, scopes }: AccessToken): string =>
    [name, sha256, ...scopes.toSorted()].join();
  const valid = new Set(after.tokens.map(textOf));
  const secrets = new Set(after.tokens.map(({ sha256 }) => sha256));
  return new Map(
    before.tokens
      .filter((token) => !valid.has(textOf(token)))
      .map(({ name, sha256 }) => [name, secrets.has(sha256) ? 'CHANGED' : 'REVOKED']),
  );
}
