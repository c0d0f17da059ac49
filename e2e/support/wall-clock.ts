/** Runs a process with a wall clock that a test can set, using libfaketime. Tests are skipped if it is not installed. */
import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const LIBRARY = process.env['LIBFAKETIME'] ?? '/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1';

/** Whether libfaketime is installed. */
export const hasWallClock = existsSync(LIBRARY);
/** A suffix for the names of skipped tests. */
export const WALL_CLOCK_SKIP_REASON = hasWallClock
  ? ''
  : ' (skipped: libfaketimeMT.so.1 not found in /usr/lib/x86_64-linux-gnu/faketime or at $LIBFAKETIME)';

export interface ClockOptions {
  /** Whether steps also change the monotonic clock, as if time passed: timers fire at the next I/O of the process. */
  readonly isMonotonic?: boolean;
}

export interface WallClock {
  /** The environment of the process. */
  readonly env: Record<string, string>;
  /** Sets the wall clock of the process back (a negative number) or forward. */
  step(ms: number): void;
  /** Sum of all steps, ms. */
  readonly offsetMs: number;
}

export function createWallClock(dir: string, { isMonotonic = false }: ClockOptions = {}): WallClock {
  const file = join(dir, 'clock');
  let offsetMs = 0;
  const write = (): void => {
    // The process may read the file at any moment: it is replaced, not rewritten.
    writeFileSync(`${file}.new`, `${offsetMs < 0 ? '-' : '+'}${Math.abs(offsetMs) / 1000}\n`);
    renameSync(`${file}.new`, file);
  };
  write();
  return {
    env: {
      LD_PRELOAD: LIBRARY,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: '1',
      ...(!isMonotonic && { FAKETIME_DONT_FAKE_MONOTONIC: '1' }),
    },
    step(ms) {
      offsetMs += ms;
      write();
    },
    get offsetMs() {
      return offsetMs;
    },
  };
}
