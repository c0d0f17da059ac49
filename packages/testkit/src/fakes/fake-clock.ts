/**
 * Time that stands still until a test moves it. Tasks run in the order of their due times, and between two of them
 * every promise that can settle does, so what a task starts has happened before the next task runs.
 */
import type { Clock } from '@sidetone/core';

/** A clock that a test moves by hand. */
export interface FakeClock extends Clock {
  /** Moves time on by `ms`, running every task that falls due, and lets promises settle. */
  advance(ms: number): Promise<void>;
  /** Lets every promise settle that needs no time to pass. */
  settle(): Promise<void>;
  /** How many tasks wait: zero when everything that was started was also ended. */
  readonly pending: number;
}

/** How many turns of the event loop count as settled: streams of an HTTP body take a few. */
const SETTLE_TURNS = 4;

/** Taken before a test runner can replace it. */
const nextTurn = globalThis.setImmediate;

interface Task {
  readonly dueAt: number;
  readonly order: number;
  readonly run: () => void;
}

/** Where time starts unless told: an instant that a reader recognises as made up. */
export const FAKE_EPOCH = Date.UTC(2026, 0, 5, 9);

async function settle(): Promise<void> {
  for (let turn = 0; turn < SETTLE_TURNS; turn++) await new Promise<void>((resolve) => nextTurn(resolve));
}

/** A clock that begins at `now` (epoch ms). */
export function createFakeClock(now: number = FAKE_EPOCH): FakeClock {
  let time = now;
  let order = 0;
  const tasks = new Set<Task>();

  const nextDue = (until: number): Task | undefined =>
    [...tasks]
      .filter((task) => task.dueAt <= until)
      .toSorted((a, b) => a.dueAt - b.dueAt || a.order - b.order)[0];

  function schedule(delayMs: number, run: () => void): () => void {
    if (!(delayMs >= 0)) throw new RangeError(`cannot schedule a task ${delayMs} ms ahead`);
    const task: Task = { dueAt: time + delayMs, order: order++, run };
    tasks.add(task);
    return () => void tasks.delete(task);
  }

  return {
    now: () => time,
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
      if (!(ms >= 0)) throw new RangeError(`cannot advance the clock by ${ms} ms`);
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
