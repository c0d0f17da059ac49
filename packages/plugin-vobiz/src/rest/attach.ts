/**
 * Attaches to live calls that other applications answer: requests a fork of their audio over REST. Such a call sends no
 * webhooks to this daemon, so it is looked up when its stream ends or when it disappears from the list of live calls.
 */
import { FaultError, isFault, messageOf, type ProviderCallId, type ProviderHost } from '@sidetone/core';
import { backOffMs, type BackOff } from '@sidetone/plugin-kit';
import { createAttachedCalls, resetAttempts, type AttachedCall } from './attached-calls.ts';
import type { Lookup } from './lookup.ts';

/** Streams of a call in a row that do not last before no further one is requested. */
export const MAX_ATTEMPTS = 6;
/** Delay before a stream is requested again. */
export const RETRY: BackOff = { firstMs: 1000, maxMs: 30_000 };
/** How long a stream must last for its loss to count as the first again, ms. */
export const STABLE_MS = 60_000;
/** How long Vobiz may take to open the socket of a requested stream, ms. */
export const SOCKET_TIMEOUT_MS = 15_000;

interface AttacherDeps {
  readonly host: Pick<ProviderHost, 'clock' | 'log'>;
  readonly lookup: Lookup;
  /** Delay before a ringing call is looked up again, ms. */
  readonly intervalMs: number;
  /** Requests a stream of the call; resolves to undefined if the call is not live. */
  readonly startStream: (callId: ProviderCallId, signal: AbortSignal) => Promise<string | undefined>;
  /** Returns whether the call has an open stream. */
  readonly hasStream: (callId: ProviderCallId) => boolean;
  /** Returns whether another instance has a stream of the call, and requests it again if it closes. */
  readonly isElsewhere: (callId: ProviderCallId) => Promise<boolean>;
  /** Returns whether an instance answers the call, so that it has a stream anyway. */
  readonly isAnswered: (callId: ProviderCallId) => Promise<boolean>;
  /** Called when no further stream of a live call is requested. */
  readonly onFailed: (callId: ProviderCallId) => void;
  /** Aborts when the instance stops. */
  readonly signal: AbortSignal;
}

export interface Attacher {
  /**
   * Attaches to a call on behalf of a client.
   * @throws {FaultError} CALL_NOT_FOUND or CALL_NOT_LIVE if the call is not live, or of kind `provider`.
   */
  attach(callId: ProviderCallId, signal: AbortSignal): Promise<void>;
  /** Attaches to a call in the background, with retries. Never rejects. */
  attachWithRetries(callId: ProviderCallId): Promise<void>;
  /** Looks up an attached call, and emits its end if it is not live. */
  check(callId: ProviderCallId, signal: AbortSignal): Promise<void>;
  /** Returns the attached calls, including those without further attempts. */
  attached(): readonly ProviderCallId[];
  has(callId: ProviderCallId): boolean;
  /** To be called when a socket of an attached call was opened, which another instance may have requested. */
  streamOpened(callId: ProviderCallId): void;
  /** To be called when a socket of the call was closed. */
  streamClosed(callId: ProviderCallId): void;
  /** Releases what is kept about an ended call. */
  forget(callId: ProviderCallId): void;
}

const RINGING: ReadonlySet<string | undefined> = new Set(['queued', 'ringing', 'early-media']);

/** Creates an attacher without calls. It cancels all timers when `signal` aborts. */
export function createAttacher(deps: AttacherDeps): Attacher {
  const { host, lookup, signal: stopped } = deps;
  const calls = createAttachedCalls(host.clock, host.log, stopped);
  const running = new Map<ProviderCallId, Promise<void>>();

  /** Emits the end of a call that is not live, if it was attached, and returns the error to throw. */
  async function notLive(callId: ProviderCallId, signal: AbortSignal): Promise<FaultError> {
    const wasAttached = calls.get(callId) !== undefined;
    calls.delete(callId);
    if (wasAttached) await lookup.emitEnd(callId, signal);
    return wasAttached
      ? new FaultError('CALL_NOT_LIVE', 'the call has ended, according to Vobiz')
      : new FaultError('CALL_NOT_FOUND', 'Vobiz has no live call with this id');
  }

  async function attachNow(callId: ProviderCallId, given: AbortSignal): Promise<void> {
    const signal = AbortSignal.any([given, stopped]);
    const live = await lookup.getLive(callId, signal);
    if (!live) throw await notLive(callId, signal);
    if ((await deps.isAnswered(callId)) || (await deps.isElsewhere(callId))) return calls.delete(callId);
    const call = calls.add(callId);
    if (deps.hasStream(callId)) return;
    if (RINGING.has(live.status)) {
      return calls.schedule(callId, call, deps.intervalMs, () => void attachWithRetries(callId));
    }
    call.requestedAt = host.clock.elapsed();
    call.attempts++;
    const streamId = await deps.startStream(callId, signal);
    if (streamId === undefined) throw await notLive(callId, signal);
    calls.schedule(callId, call, SOCKET_TIMEOUT_MS, () => {
      if (!deps.hasStream(callId)) retry(callId, call);
    });
  }

  /** Concurrent attempts for one call would open two streams, so they share one. */
  function attachOnce(callId: ProviderCallId, signal: AbortSignal): Promise<void> {
    const already = running.get(callId);
    if (already) return already;
    const attaching = attachNow(callId, signal).finally(() => running.delete(callId));
    running.set(callId, attaching);
    return attaching;
  }

  async function attachWithRetries(callId: ProviderCallId): Promise<void> {
    try {
      await attachOnce(callId, stopped);
    } catch (error) {
      const code = isFault(error) ? error.code : messageOf(error);
      host.log.debug('attaching to a call failed', { providerCallId: callId, code });
      const call = calls.get(callId);
      if (call && !stopped.aborted) retry(callId, call);
    }
  }

  function retry(callId: ProviderCallId, call: AttachedCall): void {
    if (call.attempts >= MAX_ATTEMPTS) {
      call.cancelTimer();
      return deps.onFailed(callId);
    }
    const delayMs = backOffMs(RETRY, ++call.failures);
    calls.schedule(callId, call, delayMs, () => void attachWithRetries(callId));
  }

  return {
    async attach(callId, signal) {
      const known = calls.get(callId);
      if (known) resetAttempts(known);
      try {
        await attachOnce(callId, signal);
      } catch (error) {
        if (!known) calls.delete(callId);
        throw error;
      }
    },
    attachWithRetries,
    async check(callId, given) {
      const signal = AbortSignal.any([given, stopped]);
      if (!(await lookup.getLive(callId, signal))) await notLive(callId, signal);
    },
    attached: () => calls.ids(),
    has: (callId) => calls.get(callId) !== undefined,
    streamOpened(callId) {
      if (calls.get(callId)) return;
      try {
        calls.add(callId);
      } catch {
        // Too many: it is not requested again here.
      }
    },
    streamClosed(callId) {
      const call = calls.get(callId);
      if (!call || stopped.aborted || deps.hasStream(callId)) return;
      if (host.clock.elapsed() - call.requestedAt >= STABLE_MS) resetAttempts(call);
      retry(callId, call);
    },
    forget: (callId) => calls.delete(callId),
  };
}
