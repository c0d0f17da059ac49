/** The files of GraphiQL that the build makes. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Connections } from '../../src/http/limits/connections.ts';
import { createGraphiql, type Graphiql } from '../../src/http/graphiql.ts';
import { OutputLedger } from '../../src/http/limits/output-ledger.ts';
import { RequestQueue } from '../../src/http/limits/request-queue.ts';
import { systemClock } from '../../src/system-clock.ts';
import { until } from '../support/daemon.ts';
import { createTestLog } from '../support/silent-log.ts';

const folder = mkdtempSync(join(tmpdir(), 'sidetone-graphiql-'));
let url: string;
let graphiql: Graphiql;
const requests = new RequestQueue(
  (request, response) => {
    const { pathname } = new URL(request.url!, 'http://localhost');
    if (pathname === '/graphql') graphiql.sendPage(request, response, request.headers['x-open'] === 'yes');
    else graphiql.sendAsset(request, response, pathname);
  },
  () => undefined,
);
const server = createServer((request, response) => requests.add(request, response));

const { log } = createTestLog();
const ledger = new OutputLedger({
  unsentBytesPerConnection: 16e6,
  unsentBytesPerClient: 1e9,
  unsentBytesTotal: 1e9,
});
const connections = new Connections({
  ledger,
  maxConnections: 1000,
  maxConnectionsPerAddress: 1000,
  isTrustedProxy: () => false,
  clock: systemClock,
  log: log('http'),
});
connections.watch(server);

beforeAll(async () => {
  const script = '../../scripts/build-graphiql.mjs';
  const { buildGraphiql } = (await import(script)) as {
    buildGraphiql: (to: string, options: { quality: number }) => Promise<void>;
  };
  await buildGraphiql(folder, { quality: 1 });
  graphiql = createGraphiql(pathToFileURL(`${folder}/`));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  connections.close();
  rmSync(folder, { recursive: true });
});

test('the page is small, and loads compressed files that are cached forever', async () => {
  const response = await fetch(`${url}/graphql`);
  const page = await response.text();
  expect(response.headers.get('cache-control')).toBe('no-cache');
  expect(response.headers.get('etag')).not.toBeNull();
  expect(page.length).toBeLessThan(5000);
  expect(page).not.toMatch(/<script(?![^>]* src=)|<style|(?:src|href)="?https?:/);
  // Relative, because a proxy may serve the page below any path.
  expect(page).not.toMatch(/(?:src|href)="\//);
  const paths = [...page.matchAll(/(?:src|href)="(graphiql\/[^"]+)"/g)].map(([, path]) => path);
  expect(paths).toHaveLength(2);
  for (const path of paths) {
    const { headers, status } = await fetch(`${url}/${path}`, { headers: { 'accept-encoding': 'br' } });
    expect([status, headers.get('content-encoding')]).toEqual([200, 'br']);
    expect(headers.get('cache-control')).toContain('immutable');
  }
});

test('clients that do not read hold a piece of a file each, and no descriptor when they are gone', async () => {
  const page = await (await fetch(`${url}/graphql`)).text();
  const [, script] = /src="([^"]+)"/.exec(page)!;
  const descriptors = (): number => (existsSync('/proc/self/fd') ? readdirSync('/proc/self/fd').length : 0);
  const before = descriptors();
  const readers = await Promise.all(
    Array.from({ length: 20 }, async () => {
      const socket = connect(Number(new URL(url).port), '127.0.0.1').pause();
      await new Promise((resolve) => socket.once('connect', resolve));
      // Several requests, because the buffers of the operating system hold a whole file.
      socket.write(`GET /${script} HTTP/1.1\r\nhost: x\r\n\r\n`.repeat(4));
      return socket;
    }),
  );
  await until(() => ledger.unsent > 0, 'unsent output');
  for (const reader of readers) reader.destroy();
  await until(() => ledger.unsent === 0 && descriptors() <= before, 'everything is released');
  expect(ledger.peak).toBeLessThan(readers.length * 256 * 1024);
});

test('subscriptions use SSE if access tokens are needed', async () => {
  const open = await (await fetch(`${url}/graphql`, { headers: { 'x-open': 'yes' } })).text();
  expect(open).toContain('data-subscriptions="WS"');
  expect(await (await fetch(`${url}/graphql`)).text()).toContain('data-subscriptions="SSE"');
});

test('ignores queries in the URL, and stores no headers', () => {
  const calls: unknown[][] = [];
  let options: Record<string, unknown> = {};
  const context = {
    location: {
      pathname: '/a/graphql',
      search: '?query=mutation',
      href: 'http://x/a/graphql?query=mutation',
    },
    URL,
    history: { replaceState: (...args: unknown[]) => calls.push(['replaceState', args[2]]) },
    localStorage: { removeItem: (key: string) => calls.push(['removeItem', key]) },
    document: {
      querySelector: () => ({}),
      body: {
        dataset: { assets: '{"json":"graphiql/assets/json.js"}', subscriptions: 'WS', query: '{ first }' },
      },
    },
    YogaGraphiQL: {
      renderYogaGraphiQL(_root: unknown, given: Record<string, unknown>) {
        calls.push(['render']);
        options = given;
      },
    },
  };
  runInNewContext(readFileSync(new URL('../../graphiql/start.js', import.meta.url), 'utf8'), context);
  expect(calls).toEqual([['replaceState', '/a/graphql'], ['removeItem', 'graphiql:headers'], ['render']]);
  expect(options).toMatchObject({
    endpoint: '/a/graphql',
    shouldPersistHeaders: false,
    defaultQuery: '{ first }',
  });
  const { MonacoEnvironment } = context as {
    MonacoEnvironment?: { getWorkerUrl(id: string, label: string): string };
  };
  expect(MonacoEnvironment?.getWorkerUrl('', 'json')).toBe('http://x/a/graphiql/assets/json.js');
  (options['onEditQuery'] as (query: string) => void)('{ edited }');
  expect(calls).toHaveLength(3);
});
