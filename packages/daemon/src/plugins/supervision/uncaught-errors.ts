/**
 * Handles uncaught exceptions and unhandled rejections, which usually come from a timer or an event emitter of a plugin. The
 * daemon continues, unless the exception passed through its own code and may have interrupted it.
 */
import { isFault, messageOf, type Logger } from '@sidetone/core';
import { isOwnFrame } from './own-frames.ts';
import { SlidingCounter } from './sliding-counter.ts';

/** Most log lines about uncaught errors per minute. */
export const MAX_UNCAUGHT_LINES = 60;
const WINDOW_MS = 60_000;
/** Stack frames to record, because the frame of the daemon may be the last one. */
const STACK_FRAMES = 100;

/** The part of `process` that reports uncaught errors. */
interface UncaughtErrorSource {
  on(event: 'uncaughtException' | 'unhandledRejection', listener: (error: unknown) => void): unknown;
  off(event: 'uncaughtException' | 'unhandledRejection', listener: (error: unknown) => void): unknown;
}

export interface UncaughtErrorHandler {
  /** Resolves after an exception in the daemon's own code: the daemon should stop and be restarted. */
  readonly fatal: Promise<void>;
  /** Number of errors since the start that were not logged. */
  readonly suppressed: number;
  /** Removes the handlers. */
  release(): void;
}

/** Call it only in a process that runs nothing but the daemon. The caller releases the handlers. */
export function handleUncaughtErrors(
  source: UncaughtErrorSource,
  log: Logger,
  elapsed = () => performance.now(),
): UncaughtErrorHandler {
  const lines = new SlidingCounter({ elapsed }, WINDOW_MS, MAX_UNCAUGHT_LINES + 1);
  let suppressed = 0;
  let suppressedTotal = 0;
  let resolveFatal = (): void => undefined;
  const fatal = new Promise<void>((resolve) => (resolveFatal = resolve));

  function logError(message: string, error: unknown): void {
    if (lines.add() > MAX_UNCAUGHT_LINES) {
      suppressed++;
      suppressedTotal++;
      return;
    }
    const code = isFault(error) ? error.code : 'UNCAUGHT_EXCEPTION';
    log.error(message, { code, reason: messageOf(error), error, ...(suppressed > 0 && { suppressed }) });
    suppressed = 0;
  }

  function onException(error: unknown): void {
    if (!isOwn(error)) return logError('uncaught exception, continuing', error);
    logError('uncaught exception in the daemon, stopping', error);
    resolveFatal();
  }

  const onRejection = (error: unknown): void => logError('unhandled rejection, continuing', error);

  Error.stackTraceLimit = Math.max(Error.stackTraceLimit, STACK_FRAMES);
  source.on('uncaughtException', onException);
  source.on('unhandledRejection', onRejection);
  return {
    fatal,
    get suppressed() {
      return suppressedTotal;
    },
    release() {
      source.off('uncaughtException', onException);
      source.off('unhandledRejection', onRejection);
    },
  };
}

/** Whether a frame of the daemon is on the stack; otherwise the exception interrupted none of its code. */
function isOwn(error: unknown): boolean {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  return stack.split('\n').some(isOwnFrame);
}
