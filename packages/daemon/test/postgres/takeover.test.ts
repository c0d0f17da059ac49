/** A node dies: another one excludes it, claims its calls, and ends what it had open. */
import {
  providerCallId,
  type Call,
  type CallId,
  type Command,
  type CommandId,
  type ListenerId,
} from '@sidetone/core';
import { createFakeClock, type FakeClock } from '@sidetone/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { CallRegistry } from '../../src/calls/call-registry.ts';
import { Ingest } from '../../src/calls/ingest.ts';
import { CallMemory } from '../../src/calls/loading/call-memory.ts';
import type { NodeEvent } from '../../src/calls/takeover/ports.ts';
import { CALLS_PER_STEP, OPEN_COMMAND_MS, Takeover } from '../../src/calls/takeover/takeover.ts';
import { OpenCommands } from '../../src/commands/open-commands.ts';
import { HeldDuties } from '../../src/duties/held-duties.ts';
import { createIds } from '../../src/ids.ts';
import { LatestPartials } from '../../src/live/latest-partials.ts';
import { createPostgresLedger } from '../../src/store/postgres/ledger.ts';
import { createPostgresCallSource } from '../../src/store/postgres/ledger/call-source.ts';
import { CallClaims } from '../../src/store/postgres/nodes/claims.ts';
import { createDutyLeases } from '../../src/store/postgres/nodes/duty-leases.ts';
import { joinStore, type Membership } from '../../src/store/postgres/nodes/join.ts';
import { createLeftCalls } from '../../src/store/postgres/nodes/left-calls.ts';
import { openPostgres, type PostgresStore } from '../../src/store/postgres/open-postgres.ts';
import { event, PROVIDER } from '../support/harness.ts';
import { createTestLog } from '../support/silent-log.ts';
import { createDatabase, hasServer } from './support/database.ts';
import { empty } from './support/store.ts';

const PATIENT = { timeout: 50_000, interval: 2 };
const LEASE_MS = 10_000;

interface Node {
  readonly store: PostgresStore;
  readonly member: Membership;
  readonly ingest: Ingest;
  readonly registry: CallRegistry;
  readonly takeover: Takeover;
  readonly duties: HeldDuties;
  readonly claims: CallClaims;
  readonly asked: string[];
  readonly emit: (type: NodeEvent['type'], of: Node, reason?: 'expired' | 'released') => void;
}

describe.skipIf(!hasServer)('taking over the calls of a node', () => {
  let url: string;
  let observer: PostgresStore;
  let clock: FakeClock;
  let nodes: Node[];
  beforeAll(async () => {
    url = await createDatabase();
    observer = await openPostgres({ url });
    afterAll(() => observer.close());
  });
  beforeEach(async () => {
    clock = createFakeClock();
    nodes = [];
    await empty(observer);
  });
  afterEach(async () => {
    for (const { takeover, duties, ingest, member, store } of nodes) {
      await takeover.stop();
      await duties.close();
      await ingest.close();
      await member.leave();
      await store.close();
    }
  });

  async function start(name: string): Promise<Node> {
    const store = await openPostgres({ url, connections: 4 });
    const { session } = store;
    const log = createTestLog().log('');
    const options = { name, version: '1.0.0', isCluster: true, clock, log, onFenced: () => undefined };
    const member = await joinStore(session, options);
    const claims = new CallClaims({ session, clock, log });
    const reads = new CallMemory({ source: createPostgresCallSource(session, claims), clock });
    const registry = new CallRegistry({ reads });
    const ledger = createPostgresLedger(session);
    const ids = createIds();
    const openCommands = new OpenCommands();
    const pending = { events: 10_000, bytes: 1e8 };
    const ingest = new Ingest({
      openCommands,
      registry,
      ledger,
      reads,
      ids,
      clock,
      log,
      pending,
      feed: { publish: () => undefined },
      partials: new LatestPartials({ ids }),
      peers: { request: () => Promise.reject(new Error('not used')) },
    });
    const duties = new HeldDuties({ leases: createDutyLeases(session), clock, log });
    const asked: string[] = [];
    const listeners: ((given: NodeEvent) => void)[] = [];
    const takeover = new Takeover({
      duties,
      reads,
      registry,
      ingest,
      ledger,
      openCommands,
      clock,
      log,
      left: createLeftCalls(session, claims),
      nodes: {
        peers: [],
        isCurrent: true,
        onPeer: (listener) => (listeners.push(listener), () => undefined),
      },
      reconcile: (calls: readonly Call[]) => void asked.push(...calls.map((call) => call.providerCallId)),
      leaseMs: LEASE_MS,
    });
    await takeover.start(member.isAlone);
    await takeover.run();
    const emit: Node['emit'] = (type, { member: { epoch } }, reason = 'expired') => {
      const peer = { node: 'other', epoch };
      for (const listener of listeners) listener(type === 'left' ? { type, peer, reason } : { type, peer });
    };
    const node = { store, member, ingest, registry, takeover, duties, claims, asked, emit };
    nodes.push(node);
    return node;
  }

  async function startCall({ ingest }: Node, call: string): Promise<CallId> {
    const given = event('call.status', { status: 'IN_PROGRESS' }, { call });
    await ingest.ready({ providerId: PROVIDER, providerCallId: providerCallId(call) });
    const callId = ingest.accept(PROVIDER, given)!;
    await ingest.committed();
    return callId;
  }

  const aCommand = (id: string, requestedAt = 1): Command => ({
    id: id as CommandId,
    kind: 'END_CALL',
    arguments: {},
    requestedBy: 'ann',
    requestedAt,
    status: 'REQUESTED',
  });

  /** Opens a stream, a listener and a command, none of which is ended. */
  async function openThings({ ingest }: Node, callId: CallId, name = ''): Promise<void> {
    const stream = {
      id: `s${name}` as never,
      encoding: 'mulaw',
      sampleRate: 8000,
      parties: ['CUSTOMER'],
    } as const;
    ingest.record(callId, { type: 'STREAM_STARTED', stream });
    ingest.recordBy('bob', callId, { type: 'LISTENING_STARTED', listenerId: `l${name}` as ListenerId });
    ingest.recordBy('ann', callId, { type: 'COMMAND_CHANGED', command: aCommand(`c${name}`) });
    await ingest.committed();
  }

  const rows = (text: string) => observer.session.rows<Record<string, unknown>>({ text });
  const ownersOf = async (): Promise<unknown[]> =>
    (await rows('select distinct epoch from call_owners order by epoch')).map(({ epoch }) => epoch);
  const open = async (): Promise<unknown> =>
    (
      await rows(`select (select count(*) from streams where ended_at is null) as streams,
        (select count(*) from listenings where ended_at is null) as listenings,
        (select count(*) from commands where status = 'REQUESTED') as commands`)
    )[0];
  const NOTHING = { streams: 0, listenings: 0, commands: 0 };
  const eventually = (condition: () => void | Promise<void>): Promise<void> =>
    vi.waitFor(async () => {
      await clock.advance(250);
      await condition();
    }, PATIENT);

  test('excludes it, owns its calls, ends what was open, and asks the provider', async () => {
    const [ada, bob] = [await start('ada'), await start('bob')];
    const callId = await startCall(ada, 'one');
    await openThings(ada, callId);
    expect(await open()).toEqual({ streams: 1, listenings: 1, commands: 1 });
    bob.emit('left', ada);
    await eventually(async () => expect(await open()).toEqual(NOTHING));
    expect(await ownersOf()).toEqual([bob.member.epoch]);
    expect(await rows('select status from commands')).toEqual([{ status: 'UNKNOWN' }]);
    await eventually(() => expect(bob.asked).toEqual(['one']));
    expect(bob.registry.live().map(({ id }) => id)).toEqual([callId]);
    expect(bob.takeover.counts).toEqual({ excluded: 1, calls: 1, failures: 0 });
    await expect(startCall(ada, 'two')).rejects.toMatchObject({ code: 'NODE_FENCED' });
  });

  test('if two nodes notice it, each call is taken over once', async () => {
    const [ada, bob, eve] = [await start('ada'), await start('bob'), await start('eve')];
    for (let i = 0; i < 20; i++) await openThings(ada, await startCall(ada, `c${i}`), String(i));
    for (const node of [bob, eve]) node.emit('left', ada);
    await eventually(async () => expect(await open()).toEqual(NOTHING));
    expect(bob.takeover.counts.excluded + eve.takeover.counts.excluded).toBe(1);
    expect(bob.takeover.counts.calls + eve.takeover.counts.calls).toBe(20);
    const ends = await rows(`select type, count(*) as n from events
      where type in ('STREAM_STOPPED', 'LISTENING_STOPPED') group by type order by type`);
    expect(ends).toEqual([
      { type: 'LISTENING_STOPPED', n: 20 },
      { type: 'STREAM_STOPPED', n: 20 },
    ]);
  });

  test('an event that arrives first claims its call, and what this node opens stays open', async () => {
    const [ada, bob] = [await start('ada'), await start('bob')];
    const callId = await startCall(ada, 'one');
    await openThings(ada, callId);
    await bob.duties.run('takeover', () => undefined);
    await observer.session.run({
      text: `update log_head set members = array_remove(members, ${ada.member.epoch}::bigint)`,
    });
    await observer.session.run({ text: `update nodes set fenced_at = 1 where epoch = ${ada.member.epoch}` });
    const ref = { providerId: PROVIDER, providerCallId: providerCallId('one') };
    await Promise.all([bob.ingest.ready(callId), bob.ingest.ready(ref), startCall(bob, 'one')]);
    const stream = {
      id: 'new' as never,
      encoding: 'mulaw',
      sampleRate: 8000,
      parties: ['CUSTOMER'],
    } as const;
    bob.ingest.record(callId, { type: 'STREAM_STARTED', stream });
    await bob.ingest.committed();
    await bob.takeover.run();
    await bob.ingest.committed();
    expect(await rows('select id from streams where ended_at is null')).toEqual([{ id: 'new' }]);
    expect(await open()).toEqual({ ...NOTHING, streams: 1 });
    expect(bob.takeover.counts.calls).toBe(1);
  });

  test('a node that stopped in order leaves its calls to the others at once', async () => {
    const [ada, bob] = [await start('ada'), await start('bob')];
    await startCall(ada, 'one');
    await ada.duties.close();
    await ada.member.leave();
    bob.emit('left', ada, 'released');
    await eventually(async () => expect(await ownersOf()).toEqual([bob.member.epoch]));
    expect(bob.takeover.counts.excluded).toBe(0);
  });

  test('a member that died unseen is excluded when its heartbeat is over', async () => {
    const [ada, bob] = [await start('ada'), await start('bob')];
    await startCall(ada, 'one');
    await ada.duties.close();
    // Its heartbeats end; those of bob continue with the clock.
    const stopBeats = `update nodes set seen_at = 1 where epoch = ${ada.member.epoch}`;
    await eventually(async () => {
      await observer.session.run({ text: stopBeats });
      expect(await ownersOf()).toEqual([bob.member.epoch]);
    });
    expect(bob.takeover.counts.excluded).toBe(1);
  });

  test('the first node after all have died takes over what none of them owns', async () => {
    const ada = await start('ada');
    await openThings(ada, await startCall(ada, 'one'));
    const ended = await startCall(ada, 'two');
    await openThings(ada, ended, '2');
    ada.ingest.accept(PROVIDER, event('call.ended', { end: { category: 'BUSY' } }, { call: 'two' }));
    await ada.ingest.committed();
    await createPostgresLedger(ada.store.session).putCommand(aCommand('lone', Date.now()));
    await ada.duties.close();
    await observer.session.run({ text: 'delete from call_owners; update nodes set seen_at = 1' });
    const bob = await start('bob');
    await eventually(async () => expect(await open()).toEqual(NOTHING));
    expect(bob.takeover.counts.calls).toBe(2);
    await eventually(() => expect(bob.asked).toEqual(['one']));
  });

  test('a command without a call is UNKNOWN when no node can wait for its answer any longer', async () => {
    const [ada, bob] = [await start('ada'), await start('bob')];
    await ada.duties.close();
    const ledger = createPostgresLedger(ada.store.session);
    await ledger.putCommand(aCommand('new', Date.now()));
    await ledger.putCommand(aCommand('old', Date.now() - OPEN_COMMAND_MS - 60_000));
    await bob.takeover.run();
    expect(await rows('select id, status from commands order by id')).toEqual([
      { id: 'new', status: 'REQUESTED' },
      { id: 'old', status: 'UNKNOWN' },
    ]);
  });

  test('calls are claimed in steps; ended ones are left to the sweep of owners', async () => {
    const [ada, bob] = [await start('ada'), await start('bob')];
    const count = CALLS_PER_STEP + 5;
    for (let i = 0; i < count; i++) {
      const given = event('call.status', { status: 'IN_PROGRESS' }, { call: `c${i}` });
      ada.ingest.whenLoaded({ providerId: PROVIDER, providerCallId: given.providerCallId }, {}, () => {
        ada.ingest.accept(PROVIDER, given);
        if (i >= CALLS_PER_STEP + 3)
          ada.ingest.accept(PROVIDER, event('call.ended', { end: { category: 'BUSY' } }, { call: `c${i}` }));
      });
    }
    await ada.ingest.committed();
    expect(await rows('select count(*) as n from call_owners')).toEqual([{ n: count }]);
    await ada.duties.close();
    bob.emit('left', ada);
    await eventually(async () => {
      expect(bob.registry.size).toBe(CALLS_PER_STEP + 3);
    });
    expect(await rows('select count(*) as n from call_owners')).toEqual([{ n: count }]);
    await bob.claims.sweep(count);
    expect(await ownersOf()).toEqual([bob.member.epoch]);
  });
});
