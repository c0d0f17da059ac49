/** The wait before the next attempt to connect. */
import { backOffMs, type BackOff } from '@sidetone/plugin-kit';
import type { Clock } from '@sidetone/core';
import type { AudioBuffer } from '../audio/audio-buffer.ts';
import { CONNECTION_ERRORS, type ConnectionErrorCode } from './connection-errors.ts';

/**
 * The first retry is immediate, then the delays double. Jitter removes at most half of a delay: the quick retries have to cover an
 * outage for which the audio is buffered, instead of being used up in its first seconds.
 */
const BACK_OFF: BackOff = { firstMs: 1000, maxMs: 10_000, jitter: 0.5 };
/** Failures in a row after which retries are slow, for the rest of the call. */
export const QUICK_FAILURES = 6;
/** The shortest and the longest delay of a slow retry, ms. */
export const SLOW_MIN_MS = 15_000;
export const SLOW_MAX_MS = 30_000;

/**
 * Returns the delay, ms.
 * @param failures consecutive failures, including the last one.
 * @param code the code of the last failure.
 * @param random at least 0 and below 1.
 */
export function reconnectDelayMs(failures: number, code: ConnectionErrorCode, random: number): number {
  if (CONNECTION_ERRORS[code].retry === 'slowly' || failures > QUICK_FAILURES) {
    return SLOW_MIN_MS + random * (SLOW_MAX_MS - SLOW_MIN_MS);
  }
  return failures <= 1 ? 0 : backOffMs(BACK_OFF, failures - 1, random);
}

interface ReconnectWaitDeps {
  readonly clock: Clock;
  readonly buffer: Pick<AudioBuffer, 'end'>;
  /** Returns a number of at least 0 and below 1. */
  readonly random: () => number;
  /** Aborts at the end of the call: from then on there is no wait. */
  readonly ending: AbortSignal;
  readonly aborted: AbortSignal;
}

export interface ReconnectWait {
  /**
   * Waits for the backoff of a failure. After a close without audio it also waits for audio from the frame `unsentFrom` on: a new
   * connection without audio would be closed again.
   */
  wait(code: ConnectionErrorCode, failures: number, unsentFrom: number): Promise<void>;
  /** Ends the wait for audio. */
  wake(): void;
}

export function createReconnectWait(deps: ReconnectWaitDeps): ReconnectWait {
  const { clock, buffer, ending, aborted } = deps;
  let onWake: (() => void) | undefined;

  function untilAudio(unsentFrom: number): Promise<void> {
    return new Promise((resolve) => {
      if (buffer.end > unsentFrom || ending.aborted || aborted.aborted) return resolve();
      onWake = resolve;
      aborted.addEventListener('abort', () => resolve(), { once: true });
    });
  }

  return {
    async wait(code, failures, unsentFrom) {
      const delayMs = reconnectDelayMs(failures, code, deps.random());
      if (delayMs > 0) {
        await clock.delay(delayMs, ending.aborted ? aborted : AbortSignal.any([aborted, ending]));
      }
      if (code === 'DEEPGRAM_IDLE') await untilAudio(unsentFrom);
    },
    wake: () => onWake?.(),
  };
}
