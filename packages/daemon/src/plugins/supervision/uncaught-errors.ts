/**
 * What is thrown or rejected where nobody waits for it: in a timer or an emitter of a plugin, most often, but whose it is
 * cannot be told for sure. The process goes on, unless the daemon's own work may have been cut off in the middle.
 */
import { fileURLToPath } from 'node:url';
import { isFault, messageOf, type Logger } from '@sidetone/core';
import { RecentCount } from './recent-count.ts';

/** Most lines in the log about stray errors within a minute. */
export const MOST_STRAY_LINES = 60;
const WINDOW_MS = 60_000;
/** Frames that are kept of a stack: ours may be the lowest. */
const STACK_FRAMES = 100;

const OWN_FOLDER = new URL('../..', import.meta.url);
const OWN_PATHS = [OWN_FOLDER.href, fileURLToPath(OWN_FOLDER)];

/** The part of the process that tells of stray errors. */
export interface StrayErrorSource {
  on(event: 'uncaughtException' | 'unhandledRejection', listener: (error: unknown) => void): unknown;
  off(event: 'uncaughtException' | 'unhandledRejection', listener: (error: unknown) => void): unknown;
}

export interface StrayErrors {
  /** Resolves when an exception came through the daemon's own code: then it should stop in order, and be started anew. */
  readonly broken: Promise<void>;
  /** Leaves stray errors to the process again. */
  release(): void;
}

/** For a process that is the daemon's alone. Whoever takes them releases them. */
export function takeStrayErrors(source: StrayErrorSource, log: Logger, now = Date.now): StrayErrors {
  const lines = new RecentCount({ now }, WINDOW_MS, MOST_STRAY_LINES + 1);
  let untold = 0;
  let breakUp = (): void => undefined;
  const broken = new Promise<void>((resolve) => (breakUp = resolve));

  function tell(message: string, error: unknown): void {
    if (lines.add() > MOST_STRAY_LINES) return void untold++;
    const code = isFault(error) ? error.code : 'UNCAUGHT_EXCEPTION';
    log.error(message, { code, reason: messageOf(error), error, ...(untold > 0 && { untold }) });
    untold = 0;
  }

  function onException(error: unknown): void {
    if (!isOurs(error)) return tell('an exception was caught by nobody; the daemon goes on', error);
    tell('an exception came through the daemon itself; it stops', error);
    breakUp();
  }

  const onRejection = (error: unknown): void =>
    tell('a rejection was handled by nobody; the daemon goes on', error);

  Error.stackTraceLimit = Math.max(Error.stackTraceLimit, STACK_FRAMES);
  source.on('uncaughtException', onException);
  source.on('unhandledRejection', onRejection);
  return {
    broken,
    release() {
      source.off('uncaughtException', onException);
      source.off('unhandledRejection', onRejection);
    },
  };
}

/** With none of our frames on its stack, an exception has cut off nothing of ours. */
function isOurs(error: unknown): boolean {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  return OWN_PATHS.some((path) => stack.includes(path));
}
