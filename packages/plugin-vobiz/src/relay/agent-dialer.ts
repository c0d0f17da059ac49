/** Dials the agent of one stream, with a limited number of retries. */
import { isFault, type ProviderCallId, type ProviderHost, type Socket } from '@sidetone/core';
import { backOffMs, type BackOff } from '@sidetone/plugin-kit';

/** Delay before a further attempt to connect. */
export const RECONNECT: BackOff = { firstMs: 250, maxMs: 4000 };

const GOING_AWAY = 1001;

export interface AgentDialerDeps {
  readonly host: Pick<ProviderHost, 'clock' | 'log' | 'dial' | 'limitReached'>;
  readonly providerCallId: ProviderCallId;
  readonly url: URL;
  /** Timeout of one attempt, ms. */
  readonly connectTimeoutMs: number;
  /** How many further attempts are made, initially and after each disconnect. */
  readonly retries: number;
}

export interface AgentDialer {
  /** Number of attempts so far. */
  readonly dials: number;
  /** Makes one attempt. Rejects if it fails, times out or is aborted. */
  dial(signal?: AbortSignal): Promise<Socket>;
  /** Dials until an attempt succeeds. Resolves to undefined when no attempts remain, or the link was closed. */
  dialWithRetries(): Promise<Socket | undefined>;
  /** Counts a failed or lost connection. Returns whether attempts remain. */
  addFailure(): boolean;
  /** Makes the next failure the first again. */
  resetFailures(): void;
}

/** @param closed aborts when the link is closed. */
export function createAgentDialer(deps: AgentDialerDeps, closed: AbortSignal): AgentDialer {
  const { host, providerCallId, url, connectTimeoutMs, retries } = deps;
  let dials = 0;
  let failures = 0;

  async function dial(signal?: AbortSignal): Promise<Socket> {
    const timeout = new AbortController();
    const cancel = host.clock.schedule(connectTimeoutMs, () => timeout.abort());
    const signals = [closed, timeout.signal, ...(signal ? [signal] : [])];
    dials++;
    try {
      return await host.dial(url, { signal: AbortSignal.any(signals) });
    } finally {
      cancel();
    }
  }

  async function attempt(): Promise<Socket | undefined> {
    try {
      return await dial();
    } catch (error) {
      // Only the code: a message could contain the URL, which may contain secrets.
      const code = isFault(error) ? error.code : 'UNKNOWN';
      host.log.debug('connecting to the agent failed', { providerCallId, code });
      return undefined;
    }
  }

  const addFailure = (): boolean => ++failures <= retries;

  return {
    get dials() {
      return dials;
    },
    dial,
    async dialWithRetries() {
      do {
        if (failures > 0) await host.clock.delay(backOffMs(RECONNECT, failures), closed);
        if (closed.aborted) return undefined;
        const socket = await attempt();
        if (!closed.aborted && socket) return socket;
        socket?.close(GOING_AWAY);
      } while (!closed.aborted && addFailure());
      return undefined;
    },
    addFailure,
    resetFailures() {
      failures = 0;
    },
  };
}
