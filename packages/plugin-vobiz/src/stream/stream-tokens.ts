/**
 * The unguessable part of a stream's address: each token stands for one call, and is all the proof that a socket
 * brings. Kept in the durable state, so that Vobiz's reconnects are admitted after a restart of the daemon too.
 */
import { instantOf, objectOf, parseJson, textOf } from '@sidetone/plugin-kit';
import { providerCallId, type ProviderCallId, type ProviderHost } from '@sidetone/core';
import { keptSoon } from '../calls/durable-state.ts';

/** How long a token holds, ms: as long as a call can last. Most end with their call. */
export const TOKEN_LIFE_MS = 24 * 60 * 60 * 1000;
/** How many tokens there may be; beyond, the oldest goes. */
export const MAX_TOKENS = 10_000;

const STATE_PREFIX = 'stream/';

/** How the call came to have a stream of ours: we answered it, or joined it. */
export type StreamOrigin = 'answered' | 'joined';

interface Grant {
  readonly callId: ProviderCallId;
  readonly expiresAt: number;
  readonly origin: StreamOrigin;
}

export interface StreamTokens {
  /** Takes up the tokens that were given out before a restart. */
  load(): Promise<void>;
  /** The token of a call: the same for every answer to it. Settles when it would survive a restart, or soon. */
  issue(callId: ProviderCallId, origin: StreamOrigin): Promise<string>;
  /** The call that a token stands for; undefined when it stands for none, or no longer. */
  callOf(token: string): ProviderCallId | undefined;
  /** Whether a call has a token: whether its audio may come. */
  has(callId: ProviderCallId): boolean;
  /** Why a call has a token; undefined when it has none. */
  originOf(callId: ProviderCallId): StreamOrigin | undefined;
  /** Takes back the token of a call that ended. */
  revoke(callId: ProviderCallId): Promise<void>;
}

/** No tokens yet. */
export function createStreamTokens(
  host: Pick<ProviderHost, 'state' | 'clock' | 'log' | 'randomToken'>,
): StreamTokens {
  const grants = new Map<string, Grant>();
  const tokens = new Map<ProviderCallId, string>();
  let evicted = 0;

  async function drop(token: string): Promise<void> {
    const grant = grants.get(token);
    grants.delete(token);
    if (grant && tokens.get(grant.callId) === token) tokens.delete(grant.callId);
    await keptSoon(host, host.state.delete(STATE_PREFIX + token));
  }

  function keep(token: string, grant: Grant): void {
    grants.set(token, grant);
    tokens.set(grant.callId, token);
  }

  async function write(token: string, grant: Grant): Promise<void> {
    keep(token, grant);
    await keptSoon(host, host.state.set(STATE_PREFIX + token, JSON.stringify(grant)));
  }

  function isValid(token: string | undefined): token is string {
    return token !== undefined && (grants.get(token)?.expiresAt ?? 0) > host.clock.now();
  }

  return {
    async load() {
      for (const [key, value] of await host.state.list(STATE_PREFIX)) {
        const record = objectOf(parseJson(value));
        const callId = textOf(record['callId']);
        const expiresAt = instantOf(record['expiresAt']) ?? 0;
        if (callId === undefined || expiresAt <= host.clock.now()) await host.state.delete(key);
        else {
          const origin = record['origin'] === 'joined' ? 'joined' : 'answered';
          keep(key.slice(STATE_PREFIX.length), { callId: providerCallId(callId), expiresAt, origin });
        }
      }
    },
    async issue(callId, origin) {
      const known = tokens.get(callId);
      if (isValid(known) && grants.get(known)?.origin === origin) return known;
      if (isValid(known)) {
        await write(known, { ...(grants.get(known) as Grant), origin });
        return known;
      }
      const oldest = grants.size >= MAX_TOKENS ? grants.keys().next().value : undefined;
      if (oldest !== undefined) {
        evicted++;
        host.log.warn('too many stream tokens: the oldest was taken back', { limit: MAX_TOKENS, evicted });
        await drop(oldest);
      }
      const token = host.randomToken();
      await write(token, { callId, expiresAt: host.clock.now() + TOKEN_LIFE_MS, origin });
      return token;
    },
    callOf: (token) => (isValid(token) ? grants.get(token)?.callId : undefined),
    has: (callId) => isValid(tokens.get(callId)),
    originOf(callId) {
      const token = tokens.get(callId);
      return isValid(token) ? grants.get(token)?.origin : undefined;
    },
    async revoke(callId) {
      const token = tokens.get(callId);
      if (token !== undefined) await drop(token);
    },
  };
}
