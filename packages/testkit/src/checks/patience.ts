/** Waiting that always ends: by fake time for what a plugin promises, by real time for what never comes back. */
import type { FakeClock } from '../fakes/fake-clock.ts';

/** What became of a promise. */
export type Outcome<Value> =
  | { readonly state: 'fulfilled'; readonly value: Value }
  | { readonly state: 'rejected'; readonly error: unknown }
  | { readonly state: 'pending' };

/** How far time is moved on between two looks, ms. */
const LOOK_MS = 250;

/** Taken before an audit, or a test runner, can replace them. */
const { setTimeout: realTimeout, clearTimeout: clearRealTimeout } = globalThis;

/** What becomes of a promise while up to `boundMs` of fake time pass. Never rejects. */
export async function outcomeWithin<Value>(
  clock: FakeClock,
  promise: Promise<Value>,
  boundMs: number,
): Promise<Outcome<Value>> {
  let outcome: Outcome<Value> = { state: 'pending' };
  promise.then(
    (value) => (outcome = { state: 'fulfilled', value }),
    (error: unknown) => (outcome = { state: 'rejected', error }),
  );
  const isPending = (): boolean => outcome.state === 'pending';
  await clock.settle();
  for (let leftMs = boundMs; leftMs > 0 && isPending(); leftMs -= LOOK_MS) {
    await clock.advance(Math.min(LOOK_MS, leftMs));
  }
  return outcome;
}

/** Rejects with `late` when `work` takes longer than `boundMs` of real time. */
export async function withinReal<Value>(boundMs: number, late: Error, work: Promise<Value>): Promise<Value> {
  let timer: ReturnType<typeof realTimeout> | undefined;
  const tooLate = new Promise<never>((_resolve, reject) => {
    timer = realTimeout(() => reject(late), boundMs);
  });
  try {
    return await Promise.race([work, tooLate]);
  } finally {
    clearRealTimeout(timer);
  }
}
