/** Replay guards of several nodes with one state. */
import { createFakeHost, type FakeHost } from '@sidetone/testkit';
import { expect, test } from 'vitest';
import { createReplayGuard, type ReplayGuardOptions } from '../src/index.ts';
import { CLAIMS_PER_SWEEP, DECISION_WAIT_MS } from '../src/replay/replay-claims.ts';

const TOLERANCE_MS = 3_600_000;
const DECIDED_MS = 60_000;

const nodeOf = (first?: FakeHost): FakeHost =>
  createFakeHost({ isStateShared: true, ...(first && { clock: first.clock, state: first.state }) });

const guardOf = (host: FakeHost, options: Partial<ReplayGuardOptions> = {}) =>
  createReplayGuard({ host, prefix: 'seen/', toleranceMs: TOLERANCE_MS, ...options });

test('of claims at several nodes at once, one is accepted', async () => {
  const a = nodeOf();
  const claims = Promise.all([a, nodeOf(a), nodeOf(a)].map((host) => guardOf(host).claim(['x', 'y'])));
  await a.clock.advance(DECISION_WAIT_MS * 2);
  expect((await claims).filter(Boolean)).toHaveLength(1);
});

test('a claim of another node is rejected at once when it must be decided, until it expires', async () => {
  const a = nodeOf();
  (await guardOf(a).claim(['x']))!.keep();
  await a.clock.advance(DECIDED_MS);
  const other = guardOf(nodeOf(a));
  expect(await other.claim(['y', 'x'])).toBeUndefined();
  expect(await other.claim(['y'])).toBeDefined();
  await a.clock.advance(TOLERANCE_MS);
  expect(await other.claim(['x'])).toBeDefined();
});

test('a request that another node failed to handle is accepted while it waits', async () => {
  const a = nodeOf();
  const claim = await guardOf(a).claim(['x']);
  const again = guardOf(nodeOf(a)).claim(['x']);
  await a.clock.advance(DECISION_WAIT_MS / 2);
  claim!.release();
  await a.clock.advance(DECISION_WAIT_MS / 2);
  expect(await again).toBeDefined();
});

test('a claim that cannot be stored is not left behind', async () => {
  const a = nodeOf();
  const state = { ...a.state };
  let writes = 0;
  state.compareAndSet = async (key, expected, value) => {
    const isReplaced = await a.state.compareAndSet!(key, expected, value);
    // The answer of the second write is lost.
    if (++writes === 2) throw new Error('connection lost');
    return isReplaced;
  };
  await expect(guardOf({ ...a, state }).claim(['x', 'y'])).rejects.toMatchObject({
    code: 'STORE_WRITE_FAILED',
  });
  await a.clock.settle();
  expect([...a.state.entries]).toEqual([]);
});

test('what the only instance kept before counts, when the state is shared', async () => {
  const before = createFakeHost();
  const guard = guardOf(before);
  await guard.load();
  (await guard.claim(['x']))!.keep();
  const after = guardOf(nodeOf(before));
  await after.load();
  expect(await after.claim(['x'])).toBeUndefined();
});

test('entries are removed after they expire, and the oldest at the limit', async () => {
  const host = nodeOf();
  const guard = guardOf(host, { limit: 512 });
  const claimAll = async (round: number, count: number): Promise<void> => {
    for (let i = 0; i < count; i++) (await guard.claim([`${round} ${i}`]))!.keep();
    await host.clock.settle();
  };
  await claimAll(1, CLAIMS_PER_SWEEP * 8);
  expect(guard.dropped).toBeGreaterThan(0);
  expect(host.limits.get('MAX_REPLAY_ENTRIES')).toBe(guard.dropped);
  expect(host.state.entries.size + guard.dropped).toBe(CLAIMS_PER_SWEEP * 8);
  await host.clock.advance(TOLERANCE_MS + 1);
  const before = host.state.entries.size;
  await claimAll(2, CLAIMS_PER_SWEEP);
  expect(host.state.entries.size).toBeLessThan(before + CLAIMS_PER_SWEEP);
});
