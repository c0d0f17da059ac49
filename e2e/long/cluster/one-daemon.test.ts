/** One daemon on PostgreSQL: calls, history and subscriptions, restarts of both, and starts that are refused. */
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { createPools } from '../../../packages/daemon/src/store/postgres/connection/pools.ts';
import { startServer, type RunningServer } from '../../../packages/daemon/test/postgres/support/server.ts';
import {
  collect,
  connect,
  query,
  startDaemon,
  tempDir,
  until,
  writeConfig,
  type Json,
} from '../../support/daemon.ts';
import { sidetone, simulator } from '../../support/process.ts';

const server: RunningServer | undefined = await startServer(['fsync=off']);

const CALLS = '{ calls(first: 20) { nodes { id status events(first: 200) { nodes { cursor type } } } } }';
const EVENTS = 'subscription ($after: Cursor) { callEvents(after: $after) { cursor type call { id } } }';
const PAGE =
  'query ($after: String) { calls(first: 1, after: $after) { nodes { id } pageInfo { endCursor } } }';
const cursorsOf = (items: readonly Json[]): readonly string[] =>
  items.map((item) => item.callEvents.cursor as string);
const NOWHERE = { url: 'http://127.0.0.1:9' };

describe.skipIf(!server)('a daemon on PostgreSQL', () => {
  let databases = 0;
  afterAll(() => server?.stop());

  async function administer(...statements: string[]): Promise<void> {
    const pools = await createPools({ url: `${server!.url}/postgres` });
    for (const text of statements) await pools.writing.query(text);
    await pools.close();
  }

  async function newDatabase(): Promise<string> {
    const name = `daemon_${++databases}`;
    await administer(`create database ${name}`);
    return `${server!.url}/${name}`;
  }

  const configOf = (url: string, cloud: { readonly url: string } = NOWHERE, more = ''): string =>
    writeConfig(tempDir(), cloud, { storage: `{ kind: postgres, url: '${url}'${more} }` });

  /** The statuses of the readiness and of a webhook that causes an event. */
  const readiness = async (url: string): Promise<number> => (await fetch(new URL('readyz', url))).status;
  const webhook = async (url: string, call: string): Promise<number> => {
    const body = {
      message: { type: 'status-update', status: 'in-progress', timestamp: Date.now(), call: { id: call } },
    };
    const init = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    };
    return (await fetch(new URL('providers/vapi/webhook', url), init)).status;
  };

  test('keeps calls over restarts of itself and of the server: nothing is lost or stored twice', async () => {
    const cloud = await simulator(['--calls', '2']);
    const config = configOf(await newDatabase(), cloud);
    const first = await startDaemon(config);
    await cloud.pointAt(first.url);
    const start = (await query(first.url, '{ latestCursor }')).latestCursor as string;
    const seen = collect(connect(first.url), EVENTS, { after: start });
    await until(() => seen.items.length > 10, 'events');
    expect(await readiness(first.url)).toBe(200);
    const metrics = await (await fetch(new URL('metrics', first.url))).text();
    expect(metrics).toMatch(/sidetone_store_connections\{pool="writing",state="(used|idle)"\} 1/);

    await server!.interrupt();
    await until(async () => (await readiness(first.url)) === 503, 'the daemon is not ready');
    expect(await (await fetch(new URL('readyz', first.url))).text()).not.toContain(
      new URL(server!.url).password,
    );
    expect(await webhook(first.url, 'during-the-outage')).toBe(503);
    await server!.resume();
    await until(async () => (await readiness(first.url)) === 200, 'the daemon is ready again');
    await until(async () => (await webhook(first.url, 'after-the-outage')) === 200, 'a webhook is accepted');
    const before = seen.items.length;
    await until(() => seen.items.length > before, 'events after the outage');

    await first.end('SIGTERM');
    const second = await startDaemon(config);
    const whole = collect(connect(second.url), EVENTS, { after: start });
    const target = (await query(second.url, '{ latestCursor }')).latestCursor as string;
    await until(() => whole.items.some((item: Json) => item.callEvents.cursor === target), 'the whole log');
    const cursors = whole.items.map((item: Json) => item.callEvents.cursor as string);
    expect(new Set(cursors).size).toBe(cursors.length);
    const received = seen.items.map((item: Json) => item.callEvents.cursor as string);
    expect(cursors.slice(0, received.length)).toEqual(received);
    const { nodes } = (await query(second.url, CALLS)).calls as { nodes: Json[] };
    const stored = nodes.flatMap((call: Json) =>
      call.events.nodes.map(({ cursor }: Json) => cursor as string),
    );
    expect(new Set(stored)).toEqual(new Set(cursors));
    await second.end('SIGTERM');
  });

  test('continues after a move from SQLite: clients resume with their cursors', async () => {
    const cloud = await simulator(['--calls', '2']);
    const folder = tempDir();
    const before = await startDaemon(writeConfig(folder, cloud));
    await cloud.pointAt(before.url);
    const start = (await query(before.url, '{ latestCursor }')).latestCursor as string;
    const seen = collect(connect(before.url), EVENTS, { after: start });
    await until(() => seen.items.length > 10, 'events');
    const page = await query(before.url, PAGE, {});
    await before.end('SIGTERM');
    const received = cursorsOf(seen.items);

    const url = await newDatabase();
    const file = join(folder, 'sidetone.db');
    const move = sidetone(['migrate', '--from', file], { SIDETONE_POSTGRES_URL: url });
    expect(await move.exit()).toBe(0);
    const after = await startDaemon(configOf(url, cloud));
    await cloud.pointAt(after.url);
    const half = received[Math.floor(received.length / 2)]!;
    const resumed = collect(connect(after.url), EVENTS, { after: half });
    await until(() => resumed.items.length > received.length, 'old and new events');
    const cursors = cursorsOf(resumed.items);
    const rest = received.slice(received.indexOf(half) + 1);
    expect(cursors.slice(0, rest.length)).toEqual(rest);
    expect(new Set(cursors).size).toBe(cursors.length);
    const next = { after: page.calls.pageInfo.endCursor as string };
    const { nodes } = (await query(after.url, PAGE, next)).calls as { nodes: Json[] };
    const first = (page.calls.nodes as Json[]).map(({ id }) => id as string);
    expect(nodes.length).toBeGreaterThan(0);
    expect(nodes.filter(({ id }) => first.includes(id as string))).toEqual([]);
    await after.end('SIGTERM');
  });

  test('refuses a second daemon on the same database, and not one on another schema', async () => {
    const url = await newDatabase();
    const first = await startDaemon(configOf(url));
    const second = sidetone(['start', '--config', configOf(url), '--port', '0']);
    expect(await second.exit()).not.toBe(0);
    expect(second.stderr()).toContain('STORE_IN_USE');
    const pools = await createPools({ url });
    await pools.writing.query('create schema other');
    await pools.close();
    const other = await startDaemon(configOf(url, NOWHERE, ', schema: other'));
    await Promise.all([first.end('SIGTERM'), other.end('SIGTERM')]);
  });

  test.each([
    ['STORE_UNREACHABLE', (url: URL) => (url.port = '9')],
    ['STORE_ACCESS_DENIED', (url: URL) => (url.password = 'wrong-secret')],
    ['STORE_DATABASE_MISSING', (url: URL) => (url.pathname = '/nowhere')],
    ['STORE_TLS_FAILED', (url: URL) => url.searchParams.set('sslmode', 'verify-full')],
  ])('reports %s at the start, without the password', async (code, change) => {
    const url = new URL(await newDatabase());
    change(url);
    const run = sidetone(['start', '--config', configOf(url.href), '--port', '0']);
    expect(await run.exit()).not.toBe(0);
    expect(run.stderr()).toContain(code);
    expect(run.stdout() + run.stderr()).not.toContain(url.password);
  });
});
