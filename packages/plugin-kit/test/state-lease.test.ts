import { createFakeHost } from '@sidetone/testkit';
import { expect, test } from 'vitest';
import { createStateLease } from '../src/index.ts';

test('one instance has the lease, until it releases it or does not renew it', async () => {
  const first = createFakeHost({ isStateShared: true });
  const second = createFakeHost({ clock: first.clock, state: first.state, isStateShared: true });
  const [one, other] = [createStateLease(first, 'sweep', 1000), createStateLease(second, 'sweep', 1000)];
  expect([await one.hold(), await other.hold()]).toEqual([true, false]);
  await first.clock.advance(900);
  expect([await one.hold(), await other.hold()]).toEqual([true, false]);
  await first.clock.advance(900);
  expect(await other.hold()).toBe(false);
  await first.clock.advance(100);
  expect([await other.hold(), await one.hold()]).toEqual([true, false]);
  await one.release();
  expect(await one.hold()).toBe(false);
  await other.release();
  expect(await one.hold()).toBe(true);
  expect((await Promise.all([one.hold(), other.hold()])).filter(Boolean)).toHaveLength(1);
});

test('alone, an instance stores nothing', async () => {
  const host = createFakeHost();
  const lease = createStateLease(host, 'sweep', 1000);
  expect(await lease.hold()).toBe(true);
  await lease.release();
  expect([...host.state.entries]).toEqual([]);
});
