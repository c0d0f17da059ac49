/** What only several daemons, or a network between daemon and database, can show. */
import { createConnection, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { isFault, type CallRecord } from '@sidetone/core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Committer } from '../../src/store/postgres/ledger/committer.ts';
import { NO_COUNTRIES } from '../../src/calls/numbers/countries.ts';
import { openPostgres, type PostgresStore } from '../../src/store/postgres/open-postgres.ts';
import { DraftMaker } from '../store/suites/drafts.ts';
import { createDatabase, hasServer } from './support/database.ts';
import { empty, storeOn } from './support/store.ts';

/** Passes bytes to the server, and can lose what the server answers. */
class Proxy {
  #server: Server | undefined;
  readonly #sockets = new Set<Socket>();
  readonly #clients = new Set<Socket>();
  /** Whether answers are lost, and the connection with the first one. */
  losesAnswers = false;

  async start(target: URL): Promise<string> {
    this.#server = createServer((socket) => this.#accept(socket, target));
    await new Promise<void>((resolve) => this.#server!.listen(0, '127.0.0.1', resolve));
    const { port } = this.#server.address() as AddressInfo;
    return Object.assign(new URL(target), { port: String(port) }).href;
  }

  #accept(socket: Socket, target: URL): void {
    const upstream = createConnection(Number(target.port), target.hostname);
    for (const each of [socket, upstream]) {
      this.#sockets.add(each);
      each.on('error', () => undefined);
      each.on('close', () => this.#sockets.delete(each));
    }
    socket.on('data', (bytes) => upstream.write(bytes));
    upstream.on('data', (bytes) => (this.losesAnswers ? socket.destroy() : socket.write(bytes)));
    upstream.on('close', () => socket.destroy());
    // The server executes what it has received, and does not notice that the client is gone.
    this.#clients.add(socket);
  }

  /** Closes the connections of the clients. */
  dropClients(): void {
    for (const socket of this.#clients) socket.destroy();
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server?.close();
  }
}

describe.skipIf(!hasServer)('commits to PostgreSQL', () => {
  let url: string;
  let store: PostgresStore;
  let other: PostgresStore;
  beforeAll(async () => {
    url = await createDatabase();
    store = await openPostgres({ url });
    other = await openPostgres({ url });
    afterAll(() => Promise.all([store.close(), other.close()]));
  });
  beforeEach(() => empty(store));

  const positions = async (): Promise<readonly number[]> => {
    const rows = await other.session.rows<{ position: number }>({
      text: 'select position from events order by position',
    });
    return rows.map(({ position }) => position);
  };

  test.each([1, 10, 100])('take one round trip for %i events', async (size) => {
    const maker = new DraftMaker();
    const { ledger } = storeOn(store);
    const drafts = [
      maker.start('a', { from: '+14155550100' }),
      ...Array.from({ length: size - 1 }, (_, i) => maker.line('a', i)),
    ];
    const before = store.session.roundTrips;
    await ledger.commit(drafts);
    expect(store.session.roundTrips - before).toBe(1);
    expect(await positions()).toHaveLength(size);
  });

  test('take three round trips if an event is also an entry of the audit log', async () => {
    const maker = new DraftMaker();
    const before = store.session.roundTrips;
    await storeOn(store).ledger.commit([
      maker.start('a'),
      maker.next('a', { type: 'CALL_HOLD_CHANGED', held: true, by: 'ada' }),
    ]);
    expect(store.session.roundTrips - before).toBe(3);
  });

  test('become visible in the order of their positions, also if the first one takes longer', async () => {
    const maker = new DraftMaker();
    const ledger = storeOn(other).ledger;
    const seen: (readonly number[])[] = [];
    const later = await store.session.transaction(async (queries) => {
      // As a commit does: the position is assigned, and the transaction is not finished.
      await queries.run({ text: 'update log_head set position = position + 1' });
      await queries.run({
        text: "insert into events (position, call_id, type, at, fact) select position, 'call_x', 'CALL_WATCHED', 1, '{}' from log_head",
      });
      const second = ledger.commit([maker.start('a')]);
      // Everything that the server would do without the lock is done when it answers the third question.
      for (let i = 0; i < 3; i++) seen.push(await positions());
      return { second };
    });
    expect(await later.second).toMatchObject([{ position: 2 }]);
    seen.push(await positions());
    // No reader has seen position 2 without position 1.
    expect(seen).toEqual([[], [], [], [1, 2]]);
  });

  test('of two daemons leave no gap that a reader could pass', async () => {
    const [first, second] = [storeOn(store).ledger, storeOn(other).ledger];
    const [a, b] = [new DraftMaker(), new DraftMaker()];
    await first.commit([a.start('a')]);
    await second.commit([b.start('b')]);
    const done = new AbortController();
    let passed = 2;
    const reader = async (): Promise<void> => {
      while (!done.signal.aborted) {
        const rows = await store.session.rows<{ position: number }>({
          text: 'select position from events where position > $1 order by position',
          values: [passed],
        });
        for (const { position } of rows) expect(position).toBe(++passed);
      }
    };
    const write = async (ledger: typeof first, maker: DraftMaker, name: string): Promise<void> => {
      for (let i = 0; i < 30; i++)
        await ledger.commit([maker.line(name, 2 * i), maker.line(name, 2 * i + 1)]);
    };
    const reading = reader();
    await Promise.all([write(first, a, 'a'), write(second, b, 'b')]);
    done.abort();
    await reading;
    expect(await positions()).toEqual(Array.from({ length: 122 }, (_, i) => i + 1));
  });

  test('with a key that another daemon has stored are rejected, and name the call', async () => {
    const [first, second] = [storeOn(store).ledger, storeOn(other).ledger];
    const maker = new DraftMaker();
    const started = maker.start('a');
    await first.commit([started]);
    const changed = maker.next(
      'a',
      { type: 'CALL_STATUS_CHANGED', status: 'IN_PROGRESS' },
      2000,
      'a message',
    );
    await first.commit([changed]);
    const bystander = maker.start('b');
    const conflict = { code: 'STORE_CONFLICT', retryable: true, details: { callIds: 'call_a' } };
    await expect(second.commit([bystander, changed])).rejects.toMatchObject(conflict);
    // Another id for the same call of the provider.
    const twin = {
      ...started,
      callId: 'call_twin' as never,
      call: { ...started.call, id: 'call_twin' as never },
    };
    await expect(second.commit([twin])).rejects.toMatchObject({ details: { callIds: 'call_twin' } });
    expect(await second.commit([bystander])).toMatchObject([{ position: 3 }]);
  });

  test('replace characters that PostgreSQL cannot store', async () => {
    const maker = new DraftMaker();
    const { ledger } = storeOn(store);
    await ledger.commit([maker.start('a'), maker.line('a', 1, 'nul \0, half \ud800, \\u0000')]);
    const [utterance] = await ledger.utterances('call_a' as never);
    expect(utterance?.text).toBe('nul \ufffd, half \ufffd, \\u0000');
  });

  test('round instants with fractions, which a plugin may report', async () => {
    const { ledger } = storeOn(store);
    await ledger.commit([new DraftMaker().start('a', { createdAt: 7.5 }, 1000.25)]);
    expect(await ledger.get('call_a' as never)).toMatchObject({ createdAt: 8 });
  });

  describe('whose answer is lost', () => {
    let proxy: Proxy;
    let distant: PostgresStore;
    beforeEach(async () => {
      proxy = new Proxy();
      distant = await openPostgres({ url: await proxy.start(new URL(url)) });
      return async () => {
        proxy.close();
        await distant.close();
      };
    });

    const failed = async (task: Promise<unknown>): Promise<void> => {
      const error: unknown = await task.then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(isFault(error) && error.code).toBe('STORE_UNREACHABLE');
    };

    test('are stored once, and the retry returns their positions', async () => {
      const maker = new DraftMaker();
      const committer = new Committer(distant.session, NO_COUNTRIES);
      await committer.commit([maker.start('a')]);
      const drafts = [maker.line('a', 1), maker.line('a', 2)];
      proxy.losesAnswers = true;
      await failed(committer.commit(drafts));
      // The server does not answer, so it is still not known.
      await failed(committer.commit(drafts));
      proxy.losesAnswers = false;
      const more = [...drafts, maker.line('a', 3)];
      expect((await committer.commit(more)).map(({ position }) => position)).toEqual([2, 3, 4]);
      expect(await positions()).toEqual([1, 2, 3, 4]);
    });

    test('are stored once, also if they arrive after the retry has begun', async () => {
      const maker = new DraftMaker();
      const committer = new Committer(distant.session, NO_COUNTRIES);
      await committer.commit([maker.start('a')]);
      const drafts = [maker.line('a', 1)];
      const retry = await store.session.transaction(async (queries) => {
        await queries.rows({ text: 'select position from log_head for update' });
        const lost = committer.commit(drafts);
        // The server has received it, and waits for the lock.
        while (!(await isWaiting(1)));
        proxy.dropClients();
        await failed(lost);
        // The first attempts may find that the other connections are lost too.
        const retry = async (error: unknown): Promise<readonly CallRecord[]> => {
          if (isFault(error) && error.code === 'STORE_UNREACHABLE') return committer.commit(drafts);
          throw error;
        };
        const again = committer.commit(drafts).catch(retry).catch(retry);
        while (!(await isWaiting(2)));
        return { again };
      });
      expect(await retry.again).toMatchObject([{ position: 2 }]);
      expect(await positions()).toEqual([1, 2]);
    });

    const isWaiting = async (count: number): Promise<boolean> => {
      const [row] = await other.session.rows<{ n: number }>({
        text: "select count(*) as n from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()",
      });
      return row!.n === count;
    };
  });
});
