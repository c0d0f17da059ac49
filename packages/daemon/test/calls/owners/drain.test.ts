import { FaultError, type Call, type CallId } from '@sidetone/core';
import { createFakeClock, type FakeClock } from '@sidetone/testkit';
import { beforeEach, describe, expect, test } from 'vitest';
import { drain, DRAIN_CHECK_MS, HANDED_OVER_AT_ONCE, NOTICE_MS } from '../../../src/calls/owners/drain.ts';
import type { Owner } from '../../../src/calls/loading/ports.ts';
import { createTestLog } from '../../support/silent-log.ts';

const BOB: Owner = { node: 'bob', epoch: 2 };
const LIMIT_MS = 60_000;

describe('drain', () => {
  let clock: FakeClock;
  let live: Set<string>;
  let streaming: Set<string>;
  let successor: Owner | undefined;
  let steps: string[];
  let failing: Set<string>;
  let stop: AbortController;
  let onHandOver: () => void;
  beforeEach(() => {
    clock = createFakeClock();
    live = new Set();
    streaming = new Set();
    successor = BOB;
    steps = [];
    failing = new Set();
    stop = new AbortController();
    onHandOver = () => undefined;
  });

  function start(): { readonly isDone: () => boolean } {
    let isDone = false;
    const deps = {
      announce: async () => void steps.push('announce'),
      successor: () => successor,
      passCallsOn: () => void steps.push('pass on'),
      registry: {
        live: () => [...live].map((id) => ({ id, providerId: 'p', providerCallId: id }) as unknown as Call),
      },
      hasStream: (id: CallId) => streaming.has(id),
      ingest: {
        handOver: async ({ providerCallId }: { readonly providerCallId: string }) => {
          if (failing.has(providerCallId)) throw new FaultError('STORE_BUSY', 'busy');
          onHandOver();
          live.delete(providerCallId);
        },
      },
      peers: {
        request: async (owner: Owner, name: string, request: object) =>
          void steps.push(`${name} ${owner.node} ${(request as { providerCallId: string }).providerCallId}`),
      },
      disconnectClients: () => void steps.push('disconnect'),
      clock,
      log: createTestLog().log('drain'),
    };
    void drain(deps as unknown as Parameters<typeof drain>[0], LIMIT_MS, stop.signal).then(
      () => (isDone = true),
    );
    return { isDone: () => isDone };
  }

  test('hands over calls without a stream at once, and disconnects clients when load balancers know', async () => {
    live = new Set(['a', 'b']);
    const { isDone } = start();
    await clock.advance(0);
    expect(steps).toEqual(['announce', 'pass on', 'adopt bob a', 'adopt bob b']);
    await clock.advance(NOTICE_MS - 1);
    expect([steps.at(-1), isDone()]).toEqual(['adopt bob b', false]);
    await clock.advance(DRAIN_CHECK_MS);
    expect([steps.at(-1), isDone()]).toEqual(['disconnect', true]);
    expect(clock.pending).toBe(0);
  });

  test('waits for streams, and then hands over their calls', async () => {
    live = new Set(['a']);
    streaming = new Set(['a']);
    const { isDone } = start();
    await clock.advance(LIMIT_MS / 2);
    expect([isDone(), live.size]).toEqual([false, 1]);
    streaming.clear();
    await clock.advance(DRAIN_CHECK_MS);
    expect([isDone(), live.size, steps.at(-1)]).toEqual([true, 0, 'adopt bob a']);
  });

  test('ends at its limit, and when its signal aborts', async () => {
    live = new Set(['a']);
    streaming = new Set(['a']);
    const limited = start();
    const aborted = start();
    await clock.advance(DRAIN_CHECK_MS);
    stop.abort();
    await clock.advance(0);
    expect(aborted.isDone()).toBe(true);
    stop = new AbortController();
    const last = start();
    await clock.advance(LIMIT_MS - 1);
    expect(last.isDone()).toBe(false);
    await clock.advance(1);
    expect([limited.isDone(), last.isDone(), live.size]).toEqual([true, true, 1]);
  });

  test('keeps a call whose stream opens while others are handed over', async () => {
    live = new Set(Array.from({ length: HANDED_OVER_AT_ONCE + 1 }, (_, i) => `c${i}`));
    const last = `c${HANDED_OVER_AT_ONCE}`;
    onHandOver = () => streaming.add(last);
    start();
    await clock.advance(0);
    expect([...live]).toEqual([last]);
    stop.abort();
  });

  test('tries a call again whose hand-over failed', async () => {
    live = new Set(['a', 'b']);
    failing = new Set(['a']);
    start();
    await clock.advance(0);
    expect([...live]).toEqual(['a']);
    failing.clear();
    await clock.advance(DRAIN_CHECK_MS);
    expect([live.size, steps.at(-1)]).toEqual([0, 'adopt bob a']);
    stop.abort();
  });

  test('does nothing without another node, and ends when that has left or drains too', async () => {
    successor = undefined;
    live = new Set(['a']);
    const { isDone } = start();
    await clock.advance(0);
    expect([isDone(), steps]).toEqual([true, []]);
    successor = BOB;
    failing = new Set(['a']);
    const other = start();
    await clock.advance(0);
    expect(other.isDone()).toBe(false);
    successor = undefined;
    await clock.advance(DRAIN_CHECK_MS);
    expect([other.isDone(), steps, live.size]).toEqual([true, ['announce', 'pass on'], 1]);
  });
});
