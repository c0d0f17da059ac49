/** Several nodes on one database: each call is decided about by one of them, and no event is lost or stored twice. */
import { FaultError, isFault, providerCallId, type CallId } from '@sidetone/core';
import { createFakeClock, type FakeClock } from '@sidetone/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { LatestPartials } from '../../src/live/latest-partials.ts';
import { OpenCommands } from '../../src/commands/open-commands.ts';
import { CallRegistry } from '../../src/calls/call-registry.ts';
import { Ingest } from '../../src/calls/ingest.ts';
import { CallMemory } from '../../src/calls/loading/call-memory.ts';
import { needsOf } from '../../src/calls/loading/needs.ts';
import { createPeerHandlers } from '../../src/calls/owners/handlers.ts';
import type {
  PeerHandlers,
  PeerReplies,
  PeerRequestName,
  PeerRequests,
} from '../../src/calls/owners/peers.ts';
import { createIds } from '../../src/ids.ts';
import { createPostgresCallSource } from '../../src/store/postgres/ledger/call-source.ts';
import { createPostgresLedger } from '../../src/store/postgres/ledger.ts';
import { CallClaims } from '../../src/store/postgres/nodes/claims.ts';
import { joinStore, type Membership } from '../../src/store/postgres/nodes/join.ts';
import { fence } from '../../src/store/postgres/nodes/members.ts';
import { openPostgres, type PostgresStore } from '../../src/store/postgres/open-postgres.ts';
import { createTestLog } from '../support/silent-log.ts';
import { event, numberedUtterance, PROVIDER } from '../support/harness.ts';
import { createDatabase, hasServer } from './support/database.ts';
import { empty } from './support/store.ts';

const PATIENT = { timeout: 50_000, interval: 2 };

interface Node {
  readonly store: PostgresStore;
  readonly member: Membership;
  readonly ingest: Ingest;
  readonly claims: CallClaims;
  readonly memory: CallMemory;
  readonly handlers: PeerHandlers;
  readonly lines: ReturnType<typeof createTestLog>['lines'];
  /** Answers no request, as a node that is paused or cut off. */
  isSilent: boolean;
}

describe.skipIf(!hasServer)('nodes of a cluster', () => {
  let url: string;
  let observer: PostgresStore;
  let clock: FakeClock;
  const nodes = new Map<number, Node>();
  const requests: PeerRequestName[] = [];
  beforeAll(async () => {
    url = await createDatabase();
    observer = await openPostgres({ url });
    afterAll(() => observer.close());
  });
  beforeEach(async () => {
    clock = createFakeClock();
    requests.length = 0;
    await empty(observer);
  });
  afterEach(async () => {
    for (const node of nodes.values()) await stop(node);
    nodes.clear();
  });

  async function stop({ ingest, member, store, claims }: Node): Promise<void> {
    claims.close();
    await ingest.close();
    await member.leave();
    await store.close();
  }

  async function request<Name extends PeerRequestName>(
    epoch: number,
    name: Name,
    payload: PeerRequests[Name],
  ): Promise<PeerReplies[Name]> {
    const node = nodes.get(epoch);
    if (!node || node.isSilent) throw new FaultError('CLUSTER_NODE_UNAVAILABLE', 'no node answers');
    requests.push(name);
    // As it is sent.
    return node.handlers[name](JSON.parse(JSON.stringify(payload)) as PeerRequests[Name]);
  }

  async function start(name: string): Promise<Node> {
    const store = await openPostgres({ url, connections: 3 });
    const { session } = store;
    const { log, lines } = createTestLog();
    const member = await joinStore(session, {
      name,
      version: '1.0.0',
      isCluster: true,
      clock,
      log: log('store'),
      onFenced: () => undefined,
    });
    const claims = new CallClaims({ session, clock, log: log('store') });
    const memory = new CallMemory({ source: createPostgresCallSource(session, claims), clock });
    const registry = new CallRegistry({ reads: memory });
    const ids = createIds();
    const ingest = new Ingest({
      openCommands: new OpenCommands(),
      registry,
      ledger: createPostgresLedger(session),
      reads: memory,
      feed: { publish: () => undefined },
      partials: new LatestPartials({ ids }),
      ids,
      clock,
      log: log('ingest'),
      pending: { events: 10_000, bytes: 1e8 },
      peers: { request: (owner, what, payload) => request(owner.epoch, what, payload) },
    });
    const handlers = createPeerHandlers(ingest, { endOf: () => undefined }, () =>
      Promise.reject(new Error('no actions')),
    );
    const node: Node = { store, member, ingest, claims, memory, handlers, lines, isSilent: false };
    nodes.set(member.epoch, node);
    return node;
  }

  const emit = ({ ingest }: Node, given: ReturnType<typeof event>): void => {
    const ref = { providerId: PROVIDER, providerCallId: given.providerCallId };
    ingest.whenLoaded(
      ref,
      needsOf(given),
      () => void ingest.accept(PROVIDER, given),
      ingest.forwardOf(PROVIDER, given),
    );
  };
  /** Settles a promise while the clock runs. */
  async function during<Value>(task: Promise<Value>): Promise<Value> {
    let isSettled = false;
    const settle = (): void => void (isSettled = true);
    void task.then(settle, settle);
    await vi.waitFor(async () => {
      await clock.advance(250);
      expect(isSettled).toBe(true);
    }, PATIENT);
    return task;
  }
  const stored = (): Promise<
    readonly { position: number; callId: CallId; type: string; key: string | null }[]
  > =>
    observer.session.rows({
      text: 'select position, call_id as "callId", type, dedupe_key as key from events order by position',
    });
  const kinds = async (): Promise<readonly string[]> =>
    (await stored())
      .map(({ type }) => type)
      .filter((type) => type === 'CALL_STARTED' || type === 'UTTERANCE_FINALIZED');
  const owners = (): Promise<readonly { epoch: number }[]> =>
    observer.session.rows({ text: 'select epoch from call_owners order by provider_call_id' });

  test('send the events of a call to the node that owns it, and acknowledge them when it has stored them', async () => {
    const [ada, bob] = [await start('ada'), await start('bob')];
    emit(ada, event('call.started', {}));
    await ada.ingest.committed();
    emit(bob, numberedUtterance(1));
    emit(bob, numberedUtterance(2));
    await bob.ingest.committed();
    expect(await kinds()).toEqual(['CALL_STARTED', 'UTTERANCE_FINALIZED', 'UTTERANCE_FINALIZED']);
    expect(requests).toEqual(['event', 'event']);
    expect(await owners()).toEqual([{ epoch: ada.member.epoch }]);
    expect(bob.memory.size).toBe(0);
  });

  test('reject what needs the owner, and name it', async () => {
    const [ada, bob] = [await start('ada'), await start('bob')];
    emit(ada, event('call.started', {}));
    await ada.ingest.committed();
    const [{ callId } = { callId: '' as CallId }] = await stored();
    await expect(bob.ingest.ready(callId)).rejects.toMatchObject({
      code: 'NOT_OWNER',
      details: { node: 'ada', epoch: ada.member.epoch },
    });
    expect(ada.ingest.ready(callId)).toBeUndefined();
  });

  test('hand a call over with all that is stored', async () => {
    const [ada, bob] = [await start('ada'), await start('bob')];
    emit(ada, event('call.started', {}));
    emit(ada, { ...numberedUtterance(1), dedupeKey: 'one' });
    const ref = { providerId: PROVIDER, providerCallId: providerCallId('their-call') };
    await request(ada.member.epoch, 'handOver', ref);
    expect(await owners()).toEqual([]);
    // Otherwise it would decide about the audio and the events of the call without loading it.
    expect(ada.ingest.liveId(ref.providerId, ref.providerCallId)).toBeUndefined();
    emit(bob, { ...numberedUtterance(1), dedupeKey: 'one' });
    emit(bob, numberedUtterance(2));
    await bob.ingest.committed();
    expect(await owners()).toEqual([{ epoch: bob.member.epoch }]);
    expect(requests).toEqual(['handOver']);
    expect(await kinds()).toEqual(['CALL_STARTED', 'UTTERANCE_FINALIZED', 'UTTERANCE_FINALIZED']);
  });

  test('hand a call over only when the server has stored what they accepted of it', async () => {
    const [ada, bob] = [await start('ada'), await start('bob')];
    emit(ada, event('call.started', {}));
    await ada.ingest.committed();
    const ref = { providerId: PROVIDER, providerCallId: providerCallId('their-call') };
    let handedOver: Promise<void> = Promise.resolve();
    await observer.session.transaction(async (queries) => {
      // Holds the commit in the server.
      await queries.rows({ text: 'select 1 from calls for update' });
      emit(ada, numberedUtterance(1));
      await vi.waitFor(async () => {
        const waiting = await observer.session.rows({
          text: "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
        });
        expect(waiting).toHaveLength(1);
      }, PATIENT);
      handedOver = request(ada.member.epoch, 'handOver', ref);
      emit(bob, numberedUtterance(2));
      // Many times longer than a release takes.
      for (let i = 0; i < 50; i++) expect(await owners()).toEqual([{ epoch: ada.member.epoch }]);
    });
    await handedOver;
    await during(Promise.all([ada.ingest.committed(), bob.ingest.committed()]));
    expect(await kinds()).toEqual(['CALL_STARTED', 'UTTERANCE_FINALIZED', 'UTTERANCE_FINALIZED']);
    const lines = [...ada.lines, ...bob.lines].map(({ fields }) => JSON.stringify(fields));
    expect(lines.filter((line) => line.includes('CONFLICT'))).toEqual([]);
  });

  test('pass new calls on while they drain, and keep theirs and those of their streams', async () => {
    const [ada, bob, eve] = [await start('ada'), await start('bob'), await start('eve')];
    const of = (call: string, given = event('call.started', {})) => ({
      ...given,
      providerCallId: providerCallId(call),
    });
    const refOf = (call: string) => ({ providerId: PROVIDER, providerCallId: providerCallId(call) });
    emit(ada, of('1 of ada'));
    emit(eve, of('2 of eve'));
    await Promise.all([ada, eve].map(({ ingest }) => ingest.committed()));
    ada.claims.passTo(() => ({ node: 'bob', epoch: bob.member.epoch }));
    for (const call of ['1 of ada', '2 of eve']) emit(ada, of(call, numberedUtterance(1)));
    emit(ada, of('3 new'));
    await ada.ingest.ready(refOf('4 with stream'), { isHere: true });
    await ada.ingest.committed();
    const epochs = [ada, eve, bob, ada].map(({ member }) => ({ epoch: member.epoch }));
    expect(await owners()).toEqual(epochs);
    expect(await kinds()).toHaveLength(5);
    // Without a node that could take it, a call is decided about here.
    ada.claims.passTo(() => undefined);
    emit(ada, of('5 new'));
    await ada.ingest.committed();
    expect(await owners()).toEqual([...epochs, { epoch: ada.member.epoch }]);
  });

  test('pass a call on to a node that has left only until that is known', async () => {
    const [ada, bob] = [await start('ada'), await start('bob')];
    let successor: { node: string; epoch: number } | undefined = { node: 'bob', epoch: bob.member.epoch };
    ada.claims.passTo(() => successor);
    bob.isSilent = true;
    emit(ada, event('call.started', {}));
    await expect(ada.ingest.committed()).rejects.toMatchObject({ code: 'CLUSTER_NODE_UNAVAILABLE' });
    successor = undefined;
    await vi.waitFor(async () => {
      await clock.advance(250);
      expect(await kinds()).toEqual(['CALL_STARTED']);
    }, PATIENT);
    expect(await owners()).toEqual([{ epoch: ada.member.epoch }]);
  });

  test('bring ended calls to the node that changes what is stored of them', async () => {
    const [ada, bob] = [await start('ada'), await start('bob')];
    const names = ['live', 'ended', 'free'];
    for (const name of names)
      emit(ada, { ...event('call.started', {}), providerCallId: providerCallId(name) });
    for (const name of ['ended', 'free'])
      emit(ada, {
        ...event('call.ended', { end: { category: 'UNKNOWN' } }),
        providerCallId: providerCallId(name),
      });
    await ada.ingest.committed();
    const idOf = async (name: string) =>
      (await createPostgresLedger(ada.store.session).find(PROVIDER, providerCallId(name)))!.id;
    const [live, ended, free] = [await idOf('live'), await idOf('ended'), await idOf('free')];
    await ada.ingest.handOver({ providerId: PROVIDER, providerCallId: providerCallId('free') });
    expect(await bob.ingest.bring([live, ended, free])).toEqual([ended, free]);
    expect(requests).toEqual(['giveUp', 'giveUp']);
    expect(ada.ingest.ready(live)).toBeUndefined();
    await expect(ada.ingest.ready(ended)).rejects.toMatchObject({ code: 'NOT_OWNER' });
  });

  test('keep the events of a call whose owner does not answer until it is excluded', async () => {
    const [ada, bob] = [await start('ada'), await start('bob')];
    emit(ada, event('call.started', {}));
    await ada.ingest.committed();
    ada.isSilent = true;
    emit(bob, numberedUtterance(1));
    await expect(bob.ingest.committed()).rejects.toMatchObject({ code: 'CLUSTER_NODE_UNAVAILABLE' });
    expect(await fence(bob.store.session, ada.member.epoch, bob.member.epoch)).toBe(true);
    await vi.waitFor(async () => {
      await clock.advance(250);
      expect(await kinds()).toEqual(['CALL_STARTED', 'UTTERANCE_FINALIZED']);
    }, PATIENT);
    expect(await owners()).toEqual([{ epoch: bob.member.epoch }]);
  });

  test('release what leaves memory, and erased calls', async () => {
    const ada = await start('ada');
    for (let i = 0; i < 3; i++)
      emit(ada, { ...event('call.started', {}), providerCallId: providerCallId(`c${i}`) });
    await ada.ingest.committed();
    ada.claims.release([{ providerId: PROVIDER, providerCallId: providerCallId('c0') }]);
    ada.claims.release([{ providerId: PROVIDER, providerCallId: providerCallId('c1') }]);
    await vi.waitFor(async () => {
      await clock.advance(1000);
      expect(await owners()).toHaveLength(1);
    }, PATIENT);
    expect(ada.claims.counts).toEqual({ claimed: 3, released: 2 });
    const ledger = createPostgresLedger(ada.store.session);
    const left = await ledger.find(PROVIDER, providerCallId('c2'));
    await ledger.erase(left!.id, 1);
    expect(await owners()).toEqual([]);
  });

  test('store each event once and in order while owners change and nodes are excluded', async () => {
    const seed = Number(process.env['SEED'] ?? Date.now() % 1e6);
    process.stdout.write(`owners.test.ts: SEED=${seed}\n`);
    let state = seed;
    const random = (below: number): number => {
      state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
      return Math.floor((state / 2 ** 31) * below);
    };
    const [CALLS, BATCHES, SIZE] = [6, 12, 3];
    const names = ['ada', 'bob', 'eve'];
    let running = await Promise.all(names.map(start));
    const keyOf = (call: number, number: number): string => `k${call}_${number}`;
    const given = (call: number, number: number) => ({
      ...(number === 0 ? event('call.started', {}) : numberedUtterance(number)),
      providerCallId: providerCallId(`c${call}`),
      dedupeKey: keyOf(call, number),
    });
    const unfinished = new Set(Array.from({ length: CALLS }, (_, call) => call));
    /** A provider: sends the events of a call to any node until they are acknowledged. */
    const provide = async (call: number): Promise<void> => {
      for (let batch = 0; batch < BATCHES; batch++)
        for (let isStored = false; !isStored;) {
          const node = running[random(running.length)]!;
          try {
            for (let i = 0; i < SIZE; i++) emit(node, given(call, batch * SIZE + i));
            await node.ingest.committed();
            isStored = true;
          } catch (error) {
            expect(isFault(error)).toBe(true);
            await new Promise((resolve) => setTimeout(resolve, 5));
          }
        }
      unfinished.delete(call);
    };
    const moveCalls = async (): Promise<void> => {
      while (unfinished.size > 0) {
        const ref = { providerId: PROVIDER, providerCallId: providerCallId(`c${random(CALLS)}`) };
        const node = running[random(running.length)]!;
        await node.ingest.handOver(ref).catch((error: unknown) => expect(isFault(error)).toBe(true));
        await new Promise((resolve) => setTimeout(resolve, random(5)));
      }
    };
    const excluded: Node[] = [];
    const excludeNodes = async (): Promise<void> => {
      for (let i = 0; i < 4 && unfinished.size > 0; i++) {
        const victim = running[random(running.length)]!;
        const by = running.find((node) => node !== victim)!;
        if (random(2) === 0) victim.isSilent = true;
        await new Promise((resolve) => setTimeout(resolve, random(30)));
        await fence(by.store.session, victim.member.epoch, by.member.epoch);
        // Providers send to it no longer; what it has accepted and not stored is lost to it.
        excluded.push(victim);
        running = [...running.filter((node) => node !== victim), await start(victim.member.name)];
      }
    };
    const work = Promise.all([
      ...Array.from({ length: CALLS }, (_, call) => provide(call)),
      moveCalls(),
      excludeNodes(),
    ]);
    await during(work);
    const events = await stored();
    expect(events.map(({ position }) => position)).toEqual(events.map((_, i) => i + 1));
    for (let call = 0; call < CALLS; call++) {
      const keys = events.flatMap(({ key }) => (key?.startsWith(`k${call}_`) ? [key] : []));
      expect(keys).toEqual(Array.from({ length: BATCHES * SIZE }, (_, number) => keyOf(call, number)));
    }
    expect(new Set(events.map(({ callId }) => callId)).size).toBe(CALLS);
    // Two nodes that decide about one call store the same key, or a second call with its id.
    const lines = [...running, ...excluded].flatMap((node) => node.lines);
    expect(lines.filter(({ fields }) => JSON.stringify(fields).includes('CONFLICT'))).toEqual([]);
    expect(lines.filter(({ message }) => message.includes('separately'))).toEqual([]);
    for (const node of excluded)
      expect(node.lines.filter(({ message }) => message.includes('dropping'))).toEqual([]);
  });
});
