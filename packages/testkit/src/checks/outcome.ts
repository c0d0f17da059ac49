/** Waits for promises with a limit, in fake time or in real time. */
import { messageOf } from '@sidetone/core';
import type { FakeClock } from '../fakes/fake-clock.ts';
import { AuditFailure } from './verdict.ts';

/** The state of a promise after waiting for it. */
export type Outcome<Value> =
  | { readonly state: 'fulfilled'; readonly value: Value }
  | { readonly state: 'rejected'; readonly error: unknown }
  | { readonly state: 'pending' };

/** Interval at which the promise is checked, in ms of fake time. */
const POLL_MS = 250;

/** Saved before an audit or a test runner can replace them. */
const { setTimeout: realTimeout, clearTimeout: clearRealTimeout } = globalThis;

/** Returns the state of a promise after at most `limitMs` of fake time. Never rejects. */
export async function outcomeWithin<Value>(
  clock: FakeClock,
  promise: Promise<Value>,
  limitMs: number,
): Promise<Outcome<Value>> {
  let outcome: Outcome<Value> = { state: 'pending' };
  promise.then(
    (value) => (outcome = { state: 'fulfilled', value }),
    (error: unknown) => (outcome = { state: 'rejected', error }),
  );
  const isPending = (): boolean => outcome.state === 'pending';
  await clock.settle();
  for (let leftMs = limitMs; leftMs > 0 && isPending(); leftMs -= POLL_MS) {
    await clock.advance(Math.min(POLL_MS, leftMs));
  }
  return outcome;
}

/** @throws {AuditFailure} unless the promise was fulfilled. */
export function mustBeFulfilled(outcome: Outcome<unknown>, what: string): void {
  if (outcome.state === 'pending') throw new AuditFailure(`${what} did not settle in time`);
  if (outcome.state === 'rejected') throw new AuditFailure(`${what} rejected: ${messageOf(outcome.error)}`);
}

/** Rejects with `timeout` if `work` takes longer than `limitMs` of real time. */
export async function withRealTimeout<Value>(
  limitMs: number,
  timeout: Error,
  work: Promise<Value>,
): Promise<Value> {
  let timer: ReturnType<typeof realTimeout> | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = realTimeout(() => reject(timeout), limitMs);
  });
  try {
    return await Promise.race([work, deadline]);
  } finally {
    clearRealTimeout(timer);
  }
}
