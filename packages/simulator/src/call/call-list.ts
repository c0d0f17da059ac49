import type { SimulatedCall } from './call-state.ts';

/** How many calls a fake cloud remembers. */
export const MAX_REMEMBERED_CALLS = 1_000;

/** Adds a call to a list, and forgets the oldest that is over when the list is full. */
export function rememberCall<Call extends SimulatedCall>(calls: Call[], call: Call): void {
  calls.push(call);
  if (calls.length <= MAX_REMEMBERED_CALLS) return;
  const index = calls.findIndex((candidate) => candidate.state().over);
  if (index >= 0) calls.splice(index, 1);
}
