/**
 * All access tokens: those of the configuration and those of the database. Decides which are valid now, passes them to what
 * decides by tokens, and closes the connections of those that are no longer valid. Every method is synchronous.
 */
import { FaultError, messageOf, type Clock, type Logger } from '@sidetone/core';
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
    const { store, use, clock } = this.#deps;
    this.#version = store.version();
    this.#stored = store.list();
    await use.load();
    this.#apply();
    const check = (): void => {
      this.#cancelCheck = clock.schedule(CHECK_INTERVAL_MS, check);
      this.#check();
    };
    this.#cancelCheck = clock.schedule(CHECK_INTERVAL_MS, check);
  }

  async stop(): Promise<void> {
    this.#cancelCheck?.();
    for (const cancel of this.#cancelClosing) cancel();
    await this.#deps.use.write(this.#all());
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
  create(request: TokenRequest, by: string): NewToken {
    const { store, clock } = this.#deps;
    const now = clock.now();
    const active = this.#stored.filter((token) => !hasEnded(token, now));
    const taken = new Set([...this.#configured, ...active].map(({ name }) => name));
    const created = newToken(request, { by, now, taken });
    const { name, scopes, expiresAt } = created.token;
    store.put(created.token, { at: now, by, action: 'TOKEN_CREATED', details: { name, scopes, expiresAt } });
    this.#stored = store.list();
    this.#apply(CLOSE_DELAY_MS);
    return created;
  }

  /** Revokes a token. @throws {FaultError} TOKEN_NOT_FOUND, TOKEN_CONFIGURED, or of kind store. */
  revoke(name: string, by: string): ListedToken {
    const { store, clock } = this.#deps;
    if (this.#configured.some((token) => token.name === name))
      throw new FaultError('TOKEN_CONFIGURED', `the access token ${name} is one of the configuration file`);
    const now = clock.now();
    const isKnown = this.#stored.some((token) => token.name === name && !hasEnded(token, now));
    const entry = { at: now, by, action: 'TOKEN_REVOKED', details: { name } } as const;
    if (!isKnown || !store.revoke(name, now, entry))
      throw new FaultError('TOKEN_NOT_FOUND', 'there is no valid access token with this name');
    this.#stored = store.list();
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

  #check(): void {
    const { store, clock, log } = this.#deps;
    try {
      const version = store.version();
      if (version !== this.#version) this.#stored = store.list();
      const now = clock.now();
      const isCurrent = this.#valid.tokens.every(
        (token) => !('expiresAt' in token) || !hasEnded(token as StoredToken, now),
      );
      if (version !== this.#version || !isCurrent) this.#apply();
      this.#version = version;
    } catch (error) {
      log.warn('reading access tokens failed, retrying', { reason: messageOf(error) });
    }
    if (clock.elapsed() - this.#writtenAt >= WRITE_INTERVAL_MS) this.#writeUse();
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
