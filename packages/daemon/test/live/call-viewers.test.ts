import type { CallId } from '@sidetone/core';
import { createFakeClock } from '@sidetone/testkit';
import { expect, test } from 'vitest';
import { CallViewers, MAX_LISTED_VIEWERS } from '../../src/live/call-viewers.ts';

const id = 'call' as CallId;

test('lists a client once, since its first subscription, until its last one ends', async () => {
  const clock = createFakeClock();
  const viewers = new CallViewers(clock);
  const since = clock.now();
  const leave = viewers.enter(id, 'ana@1', 'ana');
  await clock.advance(1000);
  const leaveAgain = viewers.enter(id, 'ana@1', 'ana');
  viewers.enter(id, 'ben@1', 'ben');
  expect(viewers.viewersOf(id)).toMatchObject([
    { name: 'ana', since },
    { name: 'ben', since: since + 1000 },
  ]);
  leave();
  expect(viewers.viewersOf(id).length).toBe(2);
  leaveAgain();
  expect(viewers.viewersOf(id)).toMatchObject([{ name: 'ben' }]);
});

test('stores nothing about calls that no client watches', () => {
  const viewers = new CallViewers(createFakeClock());
  for (const client of ['a', 'b']) viewers.enter(`call of ${client}`, client, client)();
  expect(viewers.size).toBe(0);
});

test('lists a limited number of clients', () => {
  const viewers = new CallViewers(createFakeClock());
  for (let i = 0; i <= MAX_LISTED_VIEWERS; i++) viewers.enter(id, `client ${i}`, String(i));
  expect(viewers.viewersOf(id).length).toBe(MAX_LISTED_VIEWERS);
});
