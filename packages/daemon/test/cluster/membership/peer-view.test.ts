import { describe, expect, test } from 'vitest';
import type { NodeLease } from '../../../src/cluster/membership/lease.ts';
import { PeerView, type PeerEvent } from '../../../src/cluster/membership/peer-view.ts';

const LEASE = 10_000;
const QUARTER = LEASE / 4;

const leaseOf = (node: string, changes: Partial<NodeLease> = {}): NodeLease => ({
  node,
  epoch: 1,
  instance: `${node}1`,
  version: '1',
  startedAt: 0,
  isDraining: false,
  leaseMs: LEASE,
  ...changes,
});
const describeEvent = (event: PeerEvent): string =>
  [event.type, event.peer.node, event.peer.epoch, 'reason' in event ? event.reason : ''].join(' ').trim();

/** A view of node `a`, with a revision for each renewal. */
function start() {
  const view = new PeerView(leaseOf('a'));
  let revision = 0;
  const events: string[] = [];
  const add = (found: readonly PeerEvent[]): void => void events.push(...found.map(describeEvent));
  return {
    view,
    events,
    add,
    renew: (node: string, now: number, changes: Partial<NodeLease> = {}): void =>
      add(view.seen(leaseOf(node, changes), ++revision, now)),
  };
}

describe('another node', () => {
  test('joins, changes and leaves in order', () => {
    const { view, events, renew, add } = start();
    renew('b', 0);
    renew('b', QUARTER);
    renew('b', 2 * QUARTER, { isDraining: true });
    expect(view.peers).toEqual([leaseOf('b', { isDraining: true })]);
    add(view.released('b'));
    add(view.released('b'));
    expect(events).toEqual(['joined b 1', 'changed b 1', 'left b 1 released']);
    expect(view.peers).toEqual([]);
  });

  test('that has started again is replaced, with the epoch of each', () => {
    const { events, renew } = start();
    renew('b', 0);
    renew('b', 100, { instance: 'b2', epoch: 2 });
    expect(events).toEqual(['joined b 1', 'left b 1 replaced', 'joined b 2']);
  });

  test('is dead after the time of a lease without a renewal, in which the own ones arrived', () => {
    const { events, renew, view } = start();
    for (let now = 0; now <= 2 * LEASE; now += QUARTER) {
      renew('a', now);
      if (now <= LEASE) renew('b', now);
      expect(view.isCurrent(now)).toBe(true);
    }
    expect(events).toEqual(['joined b 1', 'left b 1 expired']);
  });

  test('lives until the last ms of its lease', () => {
    const { events, renew } = start();
    for (let now = 0; now < LEASE; now += QUARTER) renew('a', now);
    renew('b', 1000);
    for (let now = LEASE; now <= LEASE + 1000 - 1; now += 333) renew('a', now);
    expect(events).toEqual(['joined b 1']);
    renew('a', LEASE + 1000);
    expect(events).toEqual(['joined b 1', 'left b 1 expired']);
  });

  test('is not renewed by the repetition of a renewal', () => {
    const { events, view, renew, add } = start();
    renew('a', 0);
    add(view.seen(leaseOf('b'), 77, 0));
    for (let now = QUARTER; now <= LEASE; now += QUARTER) {
      add(view.seen(leaseOf('b'), 77, now));
      renew('a', now);
    }
    expect(events).toEqual(['joined b 1', 'left b 1 expired']);
  });

  test('with a longer lease lives longer, and one with a shorter lease as long as this node', () => {
    const { events, renew } = start();
    renew('a', 0);
    renew('b', 0, { leaseMs: 2 * LEASE });
    renew('c', 0, { leaseMs: 1000 });
    for (let now = QUARTER; now < LEASE; now += QUARTER) renew('a', now);
    expect(events).toHaveLength(2);
    renew('a', LEASE);
    expect(events.slice(2)).toEqual(['left c 1 expired']);
    for (let now = LEASE; now <= 2 * LEASE; now += QUARTER) renew('a', now);
    expect(events.slice(3)).toEqual(['left b 1 expired']);
  });
});

describe('a node that was not watching', () => {
  test.each([LEASE / 2 + 1, LEASE, 100 * LEASE])('for %i ms judges nobody until a lease later', (gap) => {
    const { events, view, renew } = start();
    for (let now = 0; now <= LEASE; now += QUARTER) {
      renew('a', now);
      renew('b', now);
    }
    const back = LEASE + gap;
    expect(view.isCurrent(back)).toBe(false);
    expect(view.isDecisionDue(back)).toBe(false);
    for (let now = back; now < back + LEASE; now += QUARTER) renew('a', now);
    expect(events).toEqual(['joined b 1']);
    renew('a', back + LEASE);
    expect(events).toEqual(['joined b 1', 'left b 1 expired']);
  });

  test('keeps those that renew their lease again', () => {
    const { events, renew } = start();
    for (let now = 0; now <= LEASE; now += QUARTER) {
      renew('a', now);
      renew('b', now);
    }
    for (let now = 50 * LEASE; now <= 60 * LEASE; now += QUARTER) {
      renew('a', now);
      renew('b', now);
    }
    expect(events).toEqual(['joined b 1']);
  });

  test('never judges without its own renewals', () => {
    const { events, view, renew } = start();
    renew('b', 0);
    for (let now = 0; now <= 10 * LEASE; now += QUARTER) {
      renew('c', now);
      expect(view.isDecisionDue(now)).toBe(false);
    }
    expect(events).toEqual(['joined b 1', 'joined c 1']);
  });

  test('ignores renewals of another process with its name', () => {
    const { events, renew, view } = start();
    renew('a', 0, { instance: 'other' });
    expect(view.isCurrent(0)).toBe(false);
    expect(events).toEqual([]);
  });
});

test('a decision is due as soon as the lease of another node is over', () => {
  const { view, renew } = start();
  renew('b', 0);
  for (let now = 0; now < LEASE; now += QUARTER) renew('a', now);
  expect(view.isDecisionDue(LEASE - 1)).toBe(false);
  expect(view.isDecisionDue(LEASE)).toBe(true);
});

/** Every history of eight steps, each of which is a quarter of a lease with or without a renewal of each node. */
test('no history makes a node dead that renewed within the time of a lease before', () => {
  const STEPS = 8;
  let histories = 0;
  for (let code = 0; code < 4 ** STEPS; code++) {
    const { view, renew, events } = start();
    const renewals: number[] = [];
    for (let step = 0; step < STEPS; step++) {
      const now = step * QUARTER;
      const [own, other] = [(code >> (2 * step)) & 1, (code >> (2 * step + 1)) & 1];
      const before = events.length;
      if (own) renew('a', now);
      const ended = events.slice(before).filter((event) => event.startsWith('left'));
      if (ended.length > 0) {
        const isRecent = renewals.some((at) => now - at < LEASE);
        if (isRecent || !view.isCurrent(now)) throw new Error(`history ${code}: dead at step ${step}`);
      }
      if (other) {
        renew('b', now);
        renewals.push(now);
      }
    }
    histories += 1;
  }
  expect(histories).toBe(65_536);
});
