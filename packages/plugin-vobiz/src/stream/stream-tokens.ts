/**
 * The unguessable part of each stream URL: a token identifies one call, and is the only credential of a socket. Kept in the
 * durable state, so that Vobiz can reconnect after a restart of the daemon. In a cluster, memory is a cache: a socket may open at
 * another node than the one that issued its token, and all nodes use one token for a call.
 */
import { providerCallId, type ProviderCallId, type ProviderHost } from '@sidetone/core';
import { BoundedMap, compareAndSet, instantOf, objectOf, textOf } from '@sidetone/plugin-kit';
import { boundedWrite, decodeEntry, encodeEntry, loadEntries } from '../calls/durable-state.ts';

/** How long a token is valid, ms: the longest possible call. Most are revoked when their call ends. */
export const TOKEN_LIFETIME_MS = 24 * 60 * 60 * 1000;
/** Largest number of tokens. */
const MAX_TOKENS = 10_000;

const STATE_PREFIX = 'stream/';
/** The tokens by call, if the state is shared. */
const BY_CALL_PREFIX = 'stream-of/';

/** Why a call has a stream: this instance answered it, or attached to it. */
export type StreamOrigin = 'answered' | 'attached';

interface Grant {
  readonly callId: ProviderCallId;
  readonly expiresAt: number;
  readonly origin: StreamOrigin;
}

export interface StreamTokens {
  /** Loads the tokens that were issued before a restart. */
  load(): Promise<void>;
  /** Returns the token of a call, the same one each time. Never rejects. */
  issue(callId: ProviderCallId, origin: StreamOrigin): Promise<string>;
  /** Returns the call of a token; undefined if the token is unknown, or expired, or was not read before. */
  callOf(token: string): ProviderCallId | undefined;
  /** Returns the call of a token that any instance has issued, so `callOf` knows it. Rejects if the state cannot be read. */
  find(token: string): Promise<ProviderCallId | undefined>;
  /** Reads the token of a call that another instance may have issued, for `has` and `originOf`. Rejects if it cannot be read. */
  read(callId: ProviderCallId): Promise<void>;
  /** Returns whether a call has a token, so that audio may arrive. */
  has(callId: ProviderCallId): boolean;
  /** Returns why a call has a token; undefined if it has none. */
  originOf(callId: ProviderCallId): StreamOrigin | undefined;
  /** Revokes the token of an ended call. */
  revoke(callId: ProviderCallId): Promise<void>;
}

const TOKEN = /^[\w-]+$/;

/** The token of a call, as all instances know it. */
interface CallToken extends Grant {
  readonly token: string;
}

function parseCallToken(value: unknown): CallToken | undefined {
  const grant = parseGrant(value);
  const token = textOf(objectOf(value)['token']);
  return grant && token !== undefined && TOKEN.test(token) ? { ...grant, token } : undefined;
}

function parseGrant(value: unknown): Grant | undefined {
  const record = objectOf(value);
  const callId = textOf(record['callId']);
  const expiresAt = instantOf(record['expiresAt']);
  if (callId === undefined || expiresAt === undefined) return undefined;
  const origin = record['origin'] === 'attached' ? 'attached' : 'answered';
  return { callId: providerCallId(callId), expiresAt, origin };
}

/** Creates an empty store; `load` adds what was stored before a restart. */
export function createStreamTokens(
  host: Pick<ProviderHost, 'state' | 'clock' | 'log' | 'randomToken'>,
): StreamTokens {
  const { state, clock } = host;
  const isShared = state.isShared === true;
  const tokens = new Map<ProviderCallId, string>();
  const grants = new BoundedMap<string, Grant>(MAX_TOKENS, (token, { callId }) => {
    forget(token, callId);
    // Only this instance forgets it.
    if (isShared) return;
    host.log.warn('too many stream tokens, the oldest was revoked', {
      limit: MAX_TOKENS,
      dropped: grants.dropped,
    });
    void boundedWrite(host, state.delete(STATE_PREFIX + token));
  });

  function forget(token: string, callId: ProviderCallId): void {
    if (tokens.get(callId) === token) tokens.delete(callId);
    grants.delete(token);
  }

  function add(token: string, grant: Grant): void {
    tokens.set(grant.callId, token);
    grants.set(token, grant);
  }

  async function store(token: string, grant: Grant): Promise<void> {
    add(token, grant);
    await boundedWrite(host, state.set(STATE_PREFIX + token, encodeEntry(clock, grant)));
  }

  function validGrant(token: string | undefined): Grant | undefined {
    const grant = token === undefined ? undefined : grants.get(token);
    return grant && grant.expiresAt > clock.elapsed() ? grant : undefined;
  }

  /** Makes a token that of its call, or adopts the one that another instance has issued. */
  async function agree(token: string, grant: Grant): Promise<void> {
    const key = BY_CALL_PREFIX + grant.callId;
    if (await compareAndSet(state, key, undefined, encodeEntry(clock, { ...grant, token })))
      return store(token, grant);
    const stored = await state.get(key);
    const known = decodeEntry(clock, stored, parseCallToken);
    const { token: agreed, ...rest } = { token, ...grant, ...known, origin: grant.origin };
    if (known?.origin === grant.origin) return add(agreed, rest);
    const isChanged = await compareAndSet(state, key, stored, encodeEntry(clock, { ...rest, token: agreed }));
    return isChanged ? store(agreed, rest) : agree(token, grant);
  }

  async function readOf(callId: ProviderCallId): Promise<void> {
    const known = decodeEntry(clock, await state.get(BY_CALL_PREFIX + callId), parseCallToken);
    if (known) add(known.token, { callId, origin: known.origin, expiresAt: known.expiresAt });
  }

  return {
    async load() {
      for (const [token, grant] of await loadEntries(host, STATE_PREFIX, parseGrant)) add(token, grant);
      if (isShared) await loadEntries(host, BY_CALL_PREFIX, parseCallToken);
    },
    async issue(callId, origin) {
      const known = tokens.get(callId);
      const grant = validGrant(known);
      if (known !== undefined && grant?.origin === origin) return known;
      const expiresAt = grant?.expiresAt ?? clock.elapsed() + TOKEN_LIFETIME_MS;
      const token = grant && known !== undefined ? known : host.randomToken();
      const issued: Grant = { callId, expiresAt, origin };
      if (!isShared) await store(token, issued);
      else {
        await boundedWrite(host, agree(token, issued));
        // The state did not answer in time.
        if (!validGrant(tokens.get(callId))) void store(token, issued);
      }
      return tokens.get(callId) ?? token;
    },
    callOf: (token) => validGrant(token)?.callId,
    async find(token) {
      if (!isShared || !TOKEN.test(token)) return validGrant(token)?.callId;
      const grant = decodeEntry(clock, await state.get(STATE_PREFIX + token), parseGrant);
      if (grant) add(token, grant);
      else if (grants.get(token)) forget(token, grants.get(token)!.callId);
      return grant?.callId;
    },
    async read(callId) {
      if (isShared && !validGrant(tokens.get(callId))) await readOf(callId);
    },
    has: (callId) => validGrant(tokens.get(callId)) !== undefined,
    originOf: (callId) => validGrant(tokens.get(callId))?.origin,
    async revoke(callId) {
      if (isShared && !tokens.has(callId)) await readOf(callId).catch(() => undefined);
      const token = tokens.get(callId);
      if (token === undefined) return;
      forget(token, callId);
      await Promise.all([
        boundedWrite(host, state.delete(STATE_PREFIX + token)),
        isShared && boundedWrite(host, state.delete(BY_CALL_PREFIX + callId)),
      ]);
    },
  };
}
