import { createFakeClock, type FakeClock } from '@sidetone/testkit';
import { describe, expect, test } from 'vitest';
import { encodeLease, decodeLease, type NodeLease } from '../../../src/cluster/membership/lease.ts';
import { Membership } from '../../../src/cluster/membership/membership.ts';
import type { LeaseListener, LeaseStore, StoredLease } from '../../../src/cluster/membership/ports.ts';
import { createTestLog } from '../../support/silent-log.ts';

const LEASE = 10_000;
const leaseOf = (node: string, instance = `${node}1`): NodeLease => ({
  node,
  epoch: 1,
  instance,
  version: '1',
  startedAt: 0,
  isDraining: false,
  leaseMs: LEASE,
});

/** The servers, with one revision for all values. `isUp` and `loseState` imitate their failures. */
class FakeServers {
  readonly values = new Map<string, StoredLease>();
  readonly watches = new Set<LeaseListener>();
  isUp = true;
  /** Renewals are stored, and their answers are lost. */
  losesAnswers = false;
  #revision = 0;

  loseState(): void {
    this.values.clear();
    this.#revision = 0;
    this.watches.clear();
  }

  store(): LeaseStore {
    const check = (): Promise<void> =>
      this.isUp ? Promise.resolve() : Promise.reject(new Error('no servers'));
    const put = (node: string, text: string): number => {
      const value = { text, revision: ++this.#revision };
      this.values.set(node, value);
      for (const watch of this.watches) watch.stored(node, value);
      if (this.losesAnswers) throw new Error('timeout');
      return value.revision;
    };
    return {
      open: check,
      create: async (node, text) => {
        await check();
        return this.values.has(node) ? undefined : put(node, text);
      },
      update: async (node, text, revision) => {
        await check();
        return this.values.get(node)?.revision === revision ? put(node, text) : undefined;
      },
      get: async (node) => {
        await check();
        return this.values.get(node);
      },
      delete: async (node) => {
        await check();
        this.values.delete(node);
        for (const watch of this.watches) watch.deleted(node);
      },
      watch: async (listener) => {
        await check();
        this.watches.add(listener);
        for (const [node, value] of this.values) listener.stored(node, value);
        return () => void this.watches.delete(listener);
      },
    };
  }
}

async function join(servers: FakeServers, clock: FakeClock, lease: NodeLease) {
  const log = createTestLog();
  const membership = await Membership.start(lease, { store: servers.store(), clock, log: log.log('') });
  const events: string[] = [];
  membership.onPeer((event) =>
    events.push(`${event.type} ${event.peer.node}${'reason' in event ? ` ${event.reason}` : ''}`),
  );
  membership.onLease((state) => events.push(state));
  return { membership, events, log };
}

async function cluster() {
  const [servers, clock] = [new FakeServers(), createFakeClock()];
  const a = await join(servers, clock, leaseOf('a'));
  const b = await join(servers, clock, leaseOf('b'));
  await clock.advance(LEASE);
  return { servers, clock, a, b };
}

describe('a node', () => {
  test('sees the others, and renews its lease four times in its time', async () => {
    const { a, b, clock } = await cluster();
    expect(a.events).toEqual(['joined b']);
    expect(b.membership.peers.map(({ node }) => node)).toEqual(['a']);
    const { renewals } = a.membership.counts;
    await clock.advance(10 * LEASE);
    expect(a.membership.counts).toEqual({
      renewals: renewals + 40,
      failedRenewals: 0,
      watches: 1,
      losses: 0,
    });
  });

  test('reports that it drains, and that it has stopped', async () => {
    const { a, b, clock } = await cluster();
    await b.membership.drain();
    expect(a.membership.peers[0]?.isDraining).toBe(true);
    await b.membership.stop();
    expect(a.events).toEqual(['joined b', 'changed b', 'left b released']);
    await clock.advance(LEASE);
    await a.membership.stop();
    expect(clock.pending).toBe(0);
  });

  test('is refused while another process renews the lease of its name', async () => {
    const { servers, clock } = await cluster();
    const second = join(servers, clock, leaseOf('a', 'a2')).catch((error: unknown) => error);
    await clock.advance(LEASE);
    expect(await second).toMatchObject({ code: 'CLUSTER_NODE_NAME_TAKEN' });
    expect(decodeLease(servers.values.get('a')!.text)?.instance).toBe('a1');
  });

  test('takes the lease of a process that has ended, whatever the clock of the servers is', async () => {
    const [servers, clock] = [new FakeServers(), createFakeClock()];
    await servers.store().create('a', encodeLease(leaseOf('a')));
    let isStarted = false;
    const started = join(servers, clock, leaseOf('a', 'a2')).then(() => (isStarted = true));
    await clock.advance(LEASE - 1);
    expect(isStarted).toBe(false);
    await clock.advance(LEASE);
    await started;
    expect(decodeLease(servers.values.get('a')!.text)?.instance).toBe('a2');
  });

  test('that lost its name to another process reports it, and renews no more', async () => {
    const { a, servers, clock } = await cluster();
    servers.values.delete('a');
    await servers.store().create('a', encodeLease(leaseOf('a', 'a2')));
    await clock.advance(LEASE);
    expect(a.membership.state).toBe('taken');
    expect(a.events).toEqual(['joined b', 'taken']);
    await a.membership.stop();
    expect(servers.values.has('a')).toBe(true);
  });
});

describe('while the servers are away', () => {
  test('a node reports that its lease is unconfirmed, judges nobody, and continues afterwards', async () => {
    const { a, b, servers, clock } = await cluster();
    servers.isUp = false;
    await clock.advance(5 * LEASE);
    expect(a.events).toEqual(['joined b', 'unconfirmed']);
    expect(a.membership.isCurrent).toBe(false);
    servers.isUp = true;
    await clock.advance(5 * LEASE);
    expect(a.events).toEqual(['joined b', 'unconfirmed', 'held']);
    expect(b.events).toEqual(['unconfirmed', 'held']);
    const lines = a.log.lines.filter(({ level }) => level !== 'debug');
    expect(lines.map(({ message }) => message)).toEqual([
      'lease of the node was not renewed, retrying',
      'lease of the node expired, retrying',
      'lease of the node renewed again',
    ]);
  });

  test.each([1000, LEASE, 5 * LEASE])(
    'for %i ms and with lost state, no node counts as dead afterwards',
    async (ms) => {
      const { a, b, servers, clock } = await cluster();
      servers.isUp = false;
      await clock.advance(ms);
      servers.loseState();
      servers.isUp = true;
      await clock.advance(5 * LEASE);
      for (const { events } of [a, b]) expect(events.filter((event) => event.startsWith('left'))).toEqual([]);
      expect(a.membership).toMatchObject({ state: 'held', isCurrent: true });
      expect(servers.values.size).toBe(2);
    },
  );

  test('the answer to a renewal can be lost', async () => {
    const { a, servers, clock } = await cluster();
    servers.losesAnswers = true;
    await clock.advance(LEASE / 2);
    servers.losesAnswers = false;
    await clock.advance(LEASE);
    expect(a.membership.state).toBe('held');
    expect(a.events).toEqual(['joined b']);
  });
});

test('a watch that delivers nothing is opened again', async () => {
  const { a, servers, clock } = await cluster();
  servers.watches.clear();
  await clock.advance(LEASE);
  expect(a.membership).toMatchObject({ isCurrent: true, counts: { watches: 2 } });
  expect(a.events).toEqual(['joined b']);
});

test('a dead node is noticed at the end of its lease', async () => {
  const { a, b, servers, clock } = await cluster();
  // Its process is gone: nothing renews the lease, and nothing deletes it.
  const { text, revision } = servers.values.get('b')!;
  await b.membership.stop();
  servers.values.set('b', { text, revision });
  const c = await join(servers, clock, leaseOf('c'));
  await clock.advance(LEASE - 1);
  expect(c.membership.peers).toHaveLength(2);
  await clock.advance(LEASE / 8 + 1);
  expect(c.events).toEqual(['left b expired']);
  expect(a.events).toContain('joined c');
});

test('steps of the wall clock change nothing', async () => {
  const { a, b, clock } = await cluster();
  for (const step of [3_600_000, -7_200_000, 86_400_000]) {
    clock.stepWallClock(step);
    await clock.advance(3 * LEASE);
  }
  expect([a.events, b.events]).toEqual([['joined b'], []]);
  expect(a.membership.counts.losses).toBe(0);
});
