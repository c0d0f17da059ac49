import type { SimulatedCall } from './call-state.ts';

/** How many calls of a cloud are kept. */
const MAX_REMEMBERED_CALLS = 1_000;

/** Adds a call to a list; removes the oldest one that is over if the list is full. */
export function rememberCall<Call extends SimulatedCall>(calls: Call[], call: Call): void {
  calls.push(call);
  if (calls.length <= MAX_REMEMBERED_CALLS) return;
  const index = calls.findIndex((candidate) => candidate.state().over);
  if (index >= 0) calls.splice(index, 1);
}
