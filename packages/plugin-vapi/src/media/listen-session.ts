/**
 * The listen session of one live call: while any client needs its audio or levels, a connection to its listen socket is kept open,
 * and reopened if it is lost.
 */
import type { ProviderCallId, ProviderHost, Secret } from '@sidetone/core';
import type { ListenOptions } from '../config.ts';
import { LATE_AUDIO_MS } from '@sidetone/plugin-kit';
import { createListenAudio } from './listen-audio.ts';
import { receiveListenAudio } from './listen-connection.ts';

/** Delays before reconnects, ms. After that many failures in a row the session gives up. */
export const RECONNECT_DELAYS_MS = [1000, 2000, 4000, 8000, 8000] as const;
/** How long a connection must be open to reset the number of failures, ms. */
export const STABLE_AFTER_MS = 10_000;
/** How long the socket stays open without demand, ms: a page reload then does not reconnect. */
export const LINGER_MS = 5000;

interface ListenSessionDeps {
  readonly host: ProviderHost;
  readonly providerCallId: ProviderCallId;
  readonly publicKey: Secret | undefined;
  readonly options: ListenOptions;
  /** Returns the listen URL; undefined while it is unknown. */
  listenUrl(): URL | undefined;
  /** Returns whether the call has audio to listen to. */
  hasAudio(): boolean;
  /** Requests the URL of a call with demand. */
  requestCall(): void;
  /** Checks whether the call has ended. Never rejects. */
  check(): Promise<void>;
}

export interface ListenSession {
  /** Opens or closes the connection. Must be called when the URL, the call's status or the demand may have changed. */
  update(): void;
  /** Closes the connection permanently. */
  stop(reason: string): void;
  /**
   * Does not connect again, and closes the connection when Vapi does, but not later than `LATE_AUDIO_MS`: audio may be on its
   * way. `onClosed` is called then.
   */
  callEnded(reason: string, onClosed: () => void): void;
}

/** Returns an idle session. The caller must stop it. */
export function createListenSession(deps: ListenSessionDeps): ListenSession {
  const { host, providerCallId } = deps;
  const audio = createListenAudio(host, providerCallId, deps.options);
  const connection = {
    ...deps,
    audio: {
      open() {
        isConnected = true;
        return audio.open();
      },
    },
    onCallEnded: () => void deps.check(),
  };
  let run: AbortController | undefined;
  let cancelLinger: (() => void) | undefined;
  let onClosed = (): void => undefined;
  let hasGivenUp = false;
  let isConnected = false;
  let isStopped = false;
  let cancelStop: (() => void) | undefined;

  const hasDemand = (): boolean =>
    !isStopped &&
    deps.hasAudio() &&
    (host.hasDemand('levels', providerCallId) || host.hasDemand('audio', providerCallId));

  /** Returns the URL to connect to; undefined without demand. */
  const target = (): URL | undefined => (hasDemand() ? deps.listenUrl() : undefined);

  function keepOpen(): void {
    cancelLinger?.();
    cancelLinger = undefined;
  }

  function end(reason: string): void {
    keepOpen();
    cancelStop?.();
    run?.abort(reason);
    run = undefined;
  }

  /** Connects again and again until the run is aborted, there is no demand, or too many attempts have failed. */
  async function listen(own: AbortController): Promise<void> {
    const { signal } = own;
    let failures = 0;
    for (let url = target(); url && !signal.aborted; url = target()) {
      const openMs = await receiveListenAudio(connection, url, signal);
      isConnected = false;
      if (signal.aborted || isStopped) break;
      failures = openMs !== undefined && openMs >= STABLE_AFTER_MS ? 1 : failures + 1;
      const delayMs = RECONNECT_DELAYS_MS[failures - 1];
      if (delayMs === undefined) {
        hasGivenUp = true;
        host.log.warn('listening to a call failed, giving up', { providerCallId, attempts: failures });
        break;
      }
      // A closed socket may be the first sign that the call has ended.
      if (openMs !== undefined) await deps.check();
      await host.clock.delay(delayMs, signal);
    }
    if (run !== own) return;
    end('no connection');
    onClosed();
  }

  return {
    update() {
      if (target()) {
        keepOpen();
        if (!run && !hasGivenUp) void listen((run = new AbortController()));
        return;
      }
      if (hasDemand()) deps.requestCall();
      hasGivenUp = false;
      if (run && !cancelLinger) cancelLinger = host.clock.schedule(LINGER_MS, () => end('no listeners'));
    },
    stop(reason) {
      isStopped = true;
      end(reason);
    },
    callEnded(reason, whenClosed) {
      // The end is reported again, for example by the report after the call.
      if (isStopped) return;
      isStopped = true;
      onClosed = whenClosed;
      const close = (): void => {
        end(reason);
        whenClosed();
      };
      if (isConnected) cancelStop = host.clock.schedule(LATE_AUDIO_MS, close);
      else close();
    },
  };
}
