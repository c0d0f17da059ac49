/** Limits of queries, connections and subscriptions, over HTTP, SSE and WebSocket. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { getIntrospectionQuery } from 'graphql';
import { startTestDaemon, until, type GraphqlAnswer, type TestDaemon } from '../support/daemon.ts';
import { numberedUtterance } from '../support/harness.ts';
import { ackedSocket, rawSocket } from '../support/raw-socket.ts';
import { tempDir } from '../support/temp-dir.ts';

const root = tempDir();
let count = 0;

async function aDaemon(limits: Record<string, unknown> = {}): Promise<TestDaemon> {
  const dir = join(root, String(count++));
  mkdirSync(dir);
  return startTestDaemon(dir, { limits });
}

type Result = Partial<GraphqlAnswer>;

/** Sends a query over each transport. */
const TRANSPORTS: Record<string, (it: TestDaemon, query: string) => Promise<Result>> = {
  async POST(it, query) {
    return it.query(query);
  },
  async GET(it, query) {
    const url = it.url(`graphql?query=${encodeURIComponent(query)}`);
    return (await (await fetch(url, { headers: { accept: 'application/json' } })).json()) as Result;
  },
  async SSE(it, query) {
    const headers = { 'content-type': 'application/json', accept: 'text/event-stream' };
    const response = await fetch(it.url('graphql'), {
      method: 'POST',
      headers,
      body: JSON.stringify({ query }),
    });
    return JSON.parse(/^data: (\{.*)$/m.exec(await response.text())![1]!) as Result;
  },
  async WebSocket(it, query) {
    const raw = await ackedSocket(it.url('graphql'));
    raw.send({ id: '1', type: 'subscribe', payload: { query } });
    const { type, payload } = await raw.next();
    return type === 'error' ? { errors: payload as Result['errors'] & object } : (payload as Result);
  },
};

const codeOf = ({ errors }: Result): unknown => errors?.[0]?.extensions?.['code'];

describe.each(Object.entries(TRANSPORTS))('over %s', (_name, send) => {
  const deep = (levels: number): string =>
    `{ calls { nodes ${'{ commands { nodes { call '.repeat(levels)}{ id }${' } } }'.repeat(levels)} } }`;

  test.each([
    ['queryTokens', 100, `{ ${'latestCursor '.repeat(99)}}`, 'LIMIT_QUERY_TOKENS'],
    ['queryDepth', 8, deep(2), 'LIMIT_QUERY_DEPTH'],
    ['queryAliases', 2, '{ a: latestCursor b: latestCursor c: latestCursor }', 'LIMIT_QUERY_ALIASES'],
    ['queryCost', 100, '{ calls(first: 50) { nodes { id } } }', 'LIMIT_QUERY_COST'],
    ['introspection', false, '{ __schema { queryType { name } } }', 'INTROSPECTION_DISABLED'],
    ['introspection', false, '{ __type(name: "Call") { name } }', 'INTROSPECTION_DISABLED'],
  ])('limits.%s: %j rejects a query with a code', async (limit, value, query, code) => {
    const it = await aDaemon({ [limit]: value });
    const rejected = await send(it, query);
    expect(codeOf(rejected)).toBe(code);
    expect(rejected.errors?.[0]?.message).toContain(`limits.${limit}`);
    expect(rejected.data ?? null).toBeNull();
    expect((await send(it, '{ latestCursor __typename }')).errors).toBeUndefined();
  });

  test('executes a query within all limits', async () => {
    const it = await aDaemon({ queryTokens: 100, queryDepth: 2, queryAliases: 2, queryCost: 101 });
    for (const query of ['{ a: latestCursor b: latestCursor }', '{ calls(first: 50) { totalCount } }']) {
      expect((await send(it, query)).errors).toBeUndefined();
    }
  });

  test('returns validation errors without names of the schema if introspection is disabled', async () => {
    const it = await aDaemon({ introspection: false, pageSize: 10 });
    expect(codeOf(await send(it, '{ calls(first: 11) { totalCount } }'))).toBe('INPUT_INVALID');
    const { errors } = await send(it, '{ latestCurser }');
    expect(errors?.[0]?.message).toBe('Cannot query field "latestCurser" on type "Query".');
  });
});

describe('a query', () => {
  test('is measured with its variables each time, although its text is cached', async () => {
    const it = await aDaemon({ queryCost: 500 });
    const query = 'query ($n: Int!) { calls(first: $n) { nodes { id from to } } }';
    const codes = [];
    for (const n of [10, 200, 10, 200]) codes.push(codeOf(await it.query(query, { n })));
    expect(codes).toEqual([undefined, 'LIMIT_QUERY_COST', undefined, 'LIMIT_QUERY_COST']);
  });

  test.each([
    ['ten megabytes', `{ latestCursor } # ${'x'.repeat(10_000_000)}`, 413],
    ['a million braces', '{'.repeat(1_000_000), 400],
    ['a thousand fields deep', `${'{ calls '.repeat(1000)}${'}'.repeat(1000)}`, 400],
    ['a recursive fragment', '{ ...F } fragment F on Query { ...F }', 400],
    ['a cycle of fragments', '{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }', 400],
    [
      'hundreds of aliases',
      `{ ${Array.from({ length: 900 }, (_, i) => `a${i}: latestCursor`).join(' ')} }`,
      400,
    ],
    [
      'aliases that double in fragments',
      `{ calls { nodes { ...F0 } } } ${Array.from({ length: 20 }, (_, i) => `fragment F${i} on Call { a: commands { nodes { call { ...F${i + 1} } } } b: commands { nodes { call { ...F${i + 1} } } } }`).join(' ')} fragment F20 on Call { id }`,
      400,
    ],
    ['thousands of equal fields', `{ ${'latestCursor '.repeat(5000)} }`, 400],
  ])('of %s is rejected, and the next one is executed', async (_case, query, status) => {
    const it = await aDaemon({ requestBytes: 2_000_000 });
    const response = await fetch(it.url('graphql'), {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
      body: JSON.stringify({ query }),
    });
    expect(response.status).toBe(status);
    expect(((await response.json()) as Result).errors?.[0]?.message).toEqual(expect.any(String));
    expect((await it.query('{ latestCursor }')).errors).toBeUndefined();
  });

  test.each([
    ['lists', `{ node(id: ${'['.repeat(50_000)}`],
    ['objects', `{ calls(filter: ${'{ a: '.repeat(50_000)}`],
    ['fields', '{ calls '.repeat(50_000)],
    ['fragments', '{ ... '.repeat(50_000)],
  ])('with deeply nested %s is rejected before it is parsed', async (_case, query) => {
    const it = await aDaemon({ queryTokens: 1_000_000 });
    const { errors } = await it.query(query);
    expect(errors?.[0]?.extensions['code']).toBe('LIMIT_QUERY_DEPTH');
    expect(it.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });

  test('for introspection is within the default limits', async () => {
    const it = await aDaemon();
    expect((await it.query(getIntrospectionQuery())).data.__schema).toBeDefined();
  });
});

describe('a client', () => {
  test('can open sockets up to the limit, and another one after one was closed', async () => {
    const it = await aDaemon({ connections: 3 });
    const sockets = [];
    for (let i = 0; i < 3; i++) sockets.push(await ackedSocket(it.url('graphql')));
    await expect(rawSocket(it.url('graphql'))).rejects.toThrow('status 429');
    expect(it.lines.find(({ fields }) => fields['code'] === 'LIMIT_CONNECTIONS')?.level).toBe('warn');
    sockets[0]!.socket.close();
    await sockets[0]!.closed;
    await until(
      () =>
        rawSocket(it.url('graphql')).then(
          () => true,
          () => false,
        ),
      'another connection is accepted',
    );
  });

  test('that does not send connection_init is disconnected after the timeout', async () => {
    const it = await aDaemon({ connections: 2, connectionInitMs: 50 });
    const silent = [await rawSocket(it.url('graphql')), await rawSocket(it.url('graphql'))];
    expect((await Promise.all(silent.map(({ closed }) => closed))).map(({ code }) => code)).toEqual([
      4408, 4408,
    ]);
    await until(
      () =>
        ackedSocket(it.url('graphql')).then(
          () => true,
          () => false,
        ),
      'another connection is accepted',
    );
  });

  test('has a limit of subscriptions over all its sockets and streams', async () => {
    const it = await aDaemon({ subscriptionsPerClient: 3 });
    const query = 'subscription { callEvents { type } }';
    const [one, other] = [await ackedSocket(it.url('graphql')), await ackedSocket(it.url('graphql'))];
    one.send({ id: '1', type: 'subscribe', payload: { query } });
    one.send({ id: '2', type: 'subscribe', payload: { query } });
    other.send({ id: '1', type: 'subscribe', payload: { query } });
    await until(() => it.readers() === 3, 'three subscriptions started');

    other.send({ id: '2', type: 'subscribe', payload: { query } });
    expect(await other.next()).toMatchObject({
      id: '2',
      payload: { errors: [{ extensions: { code: 'LIMIT_SUBSCRIPTIONS' } }] },
    });
    expect(codeOf(await TRANSPORTS['SSE']!(it, query))).toBe('LIMIT_SUBSCRIPTIONS');
    expect(it.readers()).toBe(3);

    // One completes and one is disconnected, so two others can start. The remaining one continues.
    one.send({ id: '1', type: 'complete' });
    other.socket.terminate();
    await until(() => it.readers() === 1, 'two subscriptions ended');
    const third = await ackedSocket(it.url('graphql'));
    third.send({ id: '1', type: 'subscribe', payload: { query } });
    third.send({ id: '2', type: 'subscribe', payload: { query } });
    await until(() => it.readers() === 3, 'two more subscriptions started');
    it.emit(numberedUtterance(1));
    expect(await one.next()).toMatchObject({ id: '2', type: 'next' });
  });

  test('cannot run more operations on one socket than the limit of subscriptions', async () => {
    const it = await aDaemon({ subscriptionsPerClient: 2 });
    const raw = await ackedSocket(it.url('graphql'));
    for (let i = 0; i < 50; i++) {
      raw.send({ id: `${i}`, type: 'subscribe', payload: { query: '{ calls { totalCount } }' } });
    }
    const codes: unknown[] = [];
    for (let done = 0; done < 50;) {
      const { type, payload } = await raw.next();
      if (type !== 'next') done++;
      if (type === 'error') codes.push((payload as { extensions: { code: string } }[])[0]!.extensions.code);
    }
    expect(new Set(codes)).toEqual(new Set(['LIMIT_SUBSCRIPTIONS']));
  });
});
