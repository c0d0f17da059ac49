/**
 * The unguessable part of each stream URL: a token identifies one call, and is the only credential of a socket. Kept in the
 * durable state, so that Vobiz can reconnect after a restart of the daemon.
 */
import { providerCallId, type ProviderCallId, type ProviderHost } from '@sidetone/core';
import { BoundedMap, instantOf, objectOf, textOf } from '@sidetone/plugin-kit';
import { boundedWrite, encodeEntry, loadEntries } from '../calls/durable-state.ts';

/** How long a token is valid, ms: the longest possible call. Most are revoked when their call ends. */
export const TOKEN_LIFETIME_MS = 24 * 60 * 60 * 1000;
/** Largest number of tokens. */
const MAX_TOKENS = 10_000;

const STATE_PREFIX = 'stream/';

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
  /** Returns the call of a token; undefined if the token is unknown or expired. */
  callOf(token: string): ProviderCallId | undefined;
  /** Returns whether a call has a token, so that audio may arrive. */
  has(callId: ProviderCallId): boolean;
  /** Returns why a call has a token; undefined if it has none. */
  originOf(callId: ProviderCallId): StreamOrigin | undefined;
  /** Revokes the token of an ended call. */
  revoke(callId: ProviderCallId): Promise<void>;
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
  const tokens = new Map<ProviderCallId, string>();
  const grants = new BoundedMap<string, Grant>(MAX_TOKENS, (token, { callId }) => {
    host.log.warn('too many stream tokens, the oldest was revoked', {
      limit: MAX_TOKENS,
      dropped: grants.dropped,
    });
    void release(token, callId);
  });

  async function release(token: string, callId: ProviderCallId): Promise<void> {
    if (tokens.get(callId) === token) tokens.delete(callId);
    await boundedWrite(host, host.state.delete(STATE_PREFIX + token));
  }

  function add(token: string, grant: Grant): void {
    tokens.set(grant.callId, token);
    grants.set(token, grant);
  }

  async function store(token: string, grant: Grant): Promise<void> {
    add(token, grant);
    await boundedWrite(host, host.state.set(STATE_PREFIX + token, encodeEntry(host.clock, grant)));
  }

  function validGrant(token: string | undefined): Grant | undefined {
    const grant = token === undefined ? undefined : grants.get(token);
    return grant && grant.expiresAt > host.clock.elapsed() ? grant : undefined;
  }

  return {
    async load() {
      for (const [token, grant] of await loadEntries(host, STATE_PREFIX, parseGrant)) add(token, grant);
    },
    async issue(callId, origin) {
      const known = tokens.get(callId);
      const grant = validGrant(known);
      if (known !== undefined && grant) {
        if (grant.origin !== origin) await store(known, { ...grant, origin });
        return known;
      }
      const token = host.randomToken();
      await store(token, { callId, expiresAt: host.clock.elapsed() + TOKEN_LIFETIME_MS, origin });
      return token;
    },
    callOf: (token) => validGrant(token)?.callId,
    has: (callId) => validGrant(tokens.get(callId)) !== undefined,
    originOf: (callId) => validGrant(tokens.get(callId))?.origin,
    async revoke(callId) {
      const token = tokens.get(callId);
      if (token === undefined) return;
      grants.delete(token);
      await release(token, callId);
    },
  };
}
