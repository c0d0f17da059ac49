import { FaultError } from '@sidetone/core';
import { createFakeHost, type FakeHost } from '@sidetone/testkit';
import { expect, test } from 'vitest';
import {
  createReplayGuard,
  handleClaimed,
  type ReplayGuard,
  type ReplayGuardOptions,
} from '@sidetone/plugin-kit';
import { REPLAY_PAGE_ENTRIES } from '../src/replay/replay-pages.ts';

const TOLERANCE_MS = 80_000;

async function loadGuard(host: FakeHost, options: Partial<ReplayGuardOptions> = {}): Promise<ReplayGuard> {
  const guard = createReplayGuard({ host, prefix: 'seen/', toleranceMs: TOLERANCE_MS, ...options });
  await guard.load();
  return guard;
}

/** Handles a request whose response is below 500. Returns whether it was accepted. */
async function isAccepted(guard: ReplayGuard, ...identities: (string | Uint8Array)[]): Promise<boolean> {
  const claim = await guard.claim(identities);
  claim?.keep();
  return claim !== undefined;
}

test('accepts an identity once, as text or as bytes', async () => {
  const guard = await loadGuard(createFakeHost());
  expect(await isAccepted(guard, 'one')).toBe(true);
  expect(await isAccepted(guard, 'one')).toBe(false);
  expect(await isAccepted(guard, new TextEncoder().encode('one'))).toBe(false);
  expect(await isAccepted(guard, 'two')).toBe(true);
});

test('rejects a request if one of its identities is known, and keeps the others free', async () => {
  const guard = await loadGuard(createFakeHost());
  await isAccepted(guard, 'one');
  expect(await isAccepted(guard, 'two', 'one')).toBe(false);
  expect(await isAccepted(guard, 'two')).toBe(true);
});

test('accepts one of two requests that arrive at the same time', async () => {
  const guard = await loadGuard(createFakeHost());
  expect(await Promise.all([isAccepted(guard, 'one'), isAccepted(guard, 'one')])).toEqual([true, false]);
});

test('keeps entries across restarts, and no identities in clear text', async () => {
  const host = createFakeHost();
  const first = await loadGuard(host);
  const count = REPLAY_PAGE_ENTRIES * 2 + 3;
  for (let index = 0; index < count; index++) await isAccepted(first, `nonce-${index}`);
  expect([...host.state.entries].join()).not.toContain('nonce');

  const second = await loadGuard(host);
  expect(second.size).toBe(count);
  await isAccepted(second, 'more');
  const third = await loadGuard(host);
  expect(third.size).toBe(count + 1);
  for (let index = 0; index < count; index++) expect(await isAccepted(third, `nonce-${index}`)).toBe(false);
});

test('keeps an entry for the whole tolerance, and removes it soon after', async () => {
  const host = createFakeHost();
  const guard = await loadGuard(host);
  await isAccepted(guard, 'one');
  await host.clock.advance(TOLERANCE_MS - 1);
  expect(await isAccepted(guard, 'one')).toBe(false);
  await host.clock.advance(1);
  expect(await isAccepted(guard, 'one')).toBe(true);
  expect(host.state.entries.size).toBe(1);

  await host.clock.advance(TOLERANCE_MS);
  expect((await loadGuard(host)).size).toBe(0);
  expect(host.state.entries.size).toBe(0);
});

test('removes entries although new ones arrive all the time', async () => {
  const host = createFakeHost();
  const guard = await loadGuard(host);
  for (let index = 0; index < 100; index++) {
    await isAccepted(guard, String(index));
    await host.clock.advance(TOLERANCE_MS / 20);
  }
  expect(guard.size).toBeLessThan(25);
});

test('drops the oldest entries at the limit, counts them and warns once', async () => {
  const host = createFakeHost();
  const guard = await loadGuard(host, { limit: REPLAY_PAGE_ENTRIES * 2 });
  const count = REPLAY_PAGE_ENTRIES * 5;
  for (let index = 0; index < count; index++) await isAccepted(guard, String(index));
  expect(guard.size + guard.dropped).toBe(count);
  expect(host.limits.get('MAX_REPLAY_ENTRIES')).toBe(guard.dropped);
  expect(guard.size).toBeLessThanOrEqual(REPLAY_PAGE_ENTRIES * 2);
  expect(host.logs.filter(({ level }) => level === 'warn')).toHaveLength(1);
  expect(await isAccepted(guard, String(count - 1))).toBe(false);
});

test('accepts an identity again after its release, which has an effect once', async () => {
  const host = createFakeHost();
  const guard = await loadGuard(host);
  const claim = await guard.claim(['one']);
  claim!.release();
  expect(await isAccepted(guard, 'one')).toBe(true);
  claim!.release();
  expect(await isAccepted(guard, 'one')).toBe(false);
  expect(await isAccepted(await loadGuard(host), 'one')).toBe(false);
});

test('rejects with STORE_WRITE_FAILED if a claim cannot be stored, and does not keep it', async () => {
  const host = createFakeHost();
  const guard = await loadGuard(host);
  const { set } = host.state;
  host.state.set = () => Promise.reject(new Error('disk full'));
  await expect(guard.claim(['one'])).rejects.toMatchObject({ code: 'STORE_WRITE_FAILED' });
  host.state.set = set;
  expect(await isAccepted(guard, 'one')).toBe(true);
});

test('starts without entries that cannot be read', async () => {
  const host = createFakeHost();
  host.state.entries.set('seen/000000000001', 'not JSON').set('seen/x', '{"newestAt":1e99,"seen":"AAA"}');
  const guard = await loadGuard(host);
  expect(guard.size).toBe(0);
  expect(await isAccepted(guard, 'one')).toBe(true);
});

test.each([
  ['released', true],
  ['kept', false],
])(
  'a request that arrives while the same one is handled waits: accepted if that is %s: %s',
  async (how, isFree) => {
    const guard = await loadGuard(createFakeHost());
    const first = await guard.claim(['one', 'other']);
    let second: boolean | undefined;
    const waiting = isAccepted(guard, 'other').then((accepted) => (second = accepted));
    expect(await isAccepted(guard, 'two')).toBe(true);
    expect(second).toBeUndefined();
    if (how === 'released') first!.release();
    else first!.keep();
    expect(await waiting).toBe(isFree);
  },
);

test('does not keep a request that waits behind a claim that cannot be stored', async () => {
  const host = createFakeHost();
  const guard = await loadGuard(host);
  const { set } = host.state;
  host.state.set = async () => {
    host.state.set = set;
    throw new Error('disk full');
  };
  const first = guard.claim(['one']);
  const second = isAccepted(guard, 'one');
  await expect(first).rejects.toMatchObject({ code: 'STORE_WRITE_FAILED' });
  expect(await second).toBe(true);
});

const pending = new Promise<number>(() => undefined);

test.each([
  ['a response of 503', false, async () => ({ status: 503 }), pending],
  ['an exception', false, () => Promise.reject(new Error('unexpected')), pending],
  ['a timeout', false, () => Promise.reject(new FaultError('PROVIDER_TIMEOUT', 'too slow')), pending],
  ['a 503 of the daemon', false, async () => ({ status: 200 }), Promise.resolve(503)],
  ['a response of 200', true, async () => ({ status: 200 }), Promise.resolve(200)],
  ['a response of 404', true, async () => ({ status: 404 }), Promise.resolve(404)],
  ['a malformed body', true, () => Promise.reject(new FaultError('WIRE_MALFORMED', 'no call')), pending],
])('after %s, whether the claim is kept: %s', async (_name, isKept, handle, responseStatus) => {
  const guard = await loadGuard(createFakeHost());
  const claim = await guard.claim(['one']);
  await handleClaimed({ responseStatus }, claim!, handle).catch(() => undefined);
  expect(await isAccepted(guard, 'one')).toBe(!isKept);
});

test.each([[-300_000], [-2000], [2000], [3_600_000], [39_600_000, -39_600_000], [-39_600_000, 39_600_000]])(
  'rejects a repeated request if the wall clock is set by %i ms',
  async (...steps) => {
    const host = createFakeHost();
    const guard = await loadGuard(host);
    expect(await isAccepted(guard, 'one')).toBe(true);
    for (const stepMs of steps) {
      host.clock.stepWallClock(stepMs);
      expect(await isAccepted(guard, `at ${stepMs}`)).toBe(true);
      expect(await isAccepted(guard, 'one')).toBe(false);
    }
    await host.clock.advance(TOLERANCE_MS / 2);
    expect(await isAccepted(guard, 'one')).toBe(false);
    expect(await isAccepted(await loadGuard(host), 'one')).toBe(false);
  },
);

test('forgets nothing that a wall clock makes valid again', async () => {
  const { clock, state } = createFakeHost();
  const guard = await loadGuard(createFakeHost({ clock, state }));
  await isAccepted(guard, 'one');
  await clock.advance(TOLERANCE_MS - 1000);
  clock.stepWallClock(-TOLERANCE_MS);
  await clock.advance(2000);
  expect(await isAccepted(guard, 'one')).toBe(false);
  await clock.advance(TOLERANCE_MS);
  expect(await isAccepted(guard, 'one')).toBe(true);
});
