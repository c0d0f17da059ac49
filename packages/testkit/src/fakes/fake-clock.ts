/**
 * A clock that only moves when the test advances it. Tasks run in the order of their due times. Between two tasks, all
 * promises that need no time settle, so the effects of one task are visible to the next.
 */
import type { Clock } from '@sidetone/core';

/** A clock that the test controls. */
export interface FakeClock extends Clock {
  /** Advances the time by `ms`, runs every task that becomes due, and lets promises settle. */
  advance(ms: number): Promise<void>;
  /** Sets the wall clock back (a negative number) or forward by `ms`. Timers and the elapsed time are not affected. */
  stepWallClock(ms: number): void;
  /** Lets all promises settle that need no time. */
  settle(): Promise<void>;
  /** Number of scheduled tasks. Zero if all timers were cancelled or have fired. */
  readonly pending: number;
}

/** Number of event-loop turns after which promises count as settled. Streams of HTTP bodies need several. */
const SETTLE_TURNS = 4;

/** Saved before a test runner can replace it. */
const nextTurn = globalThis.setImmediate;

interface Task {
  readonly dueAt: number;
  readonly order: number;
  readonly run: () => void;
}

/** The default start time: 5 January 2026, 09:00 UTC. */
export const FAKE_EPOCH = Date.UTC(2026, 0, 5, 9);

/** The elapsed time of a new clock, ms: unlike the wall clock, so that a test fails if they are mixed up. */
const ELAPSED_ORIGIN = 1000;

async function settle(): Promise<void> {
  for (let turn = 0; turn < SETTLE_TURNS; turn++) await new Promise<void>((resolve) => nextTurn(resolve));
}

/** Creates a clock that starts at `now`, in epoch ms. */
export function createFakeClock(now: number = FAKE_EPOCH): FakeClock {
  /** Epoch ms of the wall clock while it is not stepped. */
  let time = now;
  let wallOffset = 0;
  let order = 0;
  const tasks = new Set<Task>();

  const nextDue = (until: number): Task | undefined =>
    [...tasks]
      .filter((task) => task.dueAt <= until)
      .toSorted((a, b) => a.dueAt - b.dueAt || a.order - b.order)[0];

  function schedule(delayMs: number, run: () => void): () => void {
    if (!(delayMs >= 0))
      throw new RangeError(`clock.schedule: expected a delay of 0 ms or more, received ${delayMs}`);
    const task: Task = { dueAt: time + delayMs, order: order++, run };
    tasks.add(task);
    return () => void tasks.delete(task);
  }

  return {
    now: () => time + wallOffset,
    elapsed: () => time - now + ELAPSED_ORIGIN,
    stepWallClock: (ms) => void (wallOffset += ms),
    schedule,
    settle,
    delay: (delayMs, signal) =>
      new Promise<void>((resolve) => {
        if (signal?.aborted) return resolve();
        const finish = (): void => {
          cancel();
          signal?.removeEventListener('abort', finish);
          resolve();
        };
        const cancel = schedule(delayMs, finish);
        signal?.addEventListener('abort', finish);
      }),
    async advance(ms) {
      if (!(ms >= 0)) throw new RangeError(`clock.advance: expected 0 ms or more, received ${ms}`);
      const until = time + ms;
      await settle();
      for (let task = nextDue(until); task; task = nextDue(until)) {
        tasks.delete(task);
        time = task.dueAt;
        task.run();
        await settle();
      }
      time = until;
    },
    get pending() {
      return tasks.size;
    },
  };
}
