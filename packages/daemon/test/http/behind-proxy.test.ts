/** Headers that reverse proxies and load balancers depend on. */
import { connect } from 'node:net';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { configSchema } from '../../src/config/schema.ts';
import { startTestDaemon } from '../support/daemon.ts';
import { tempDir } from '../support/temp-dir.ts';

const dir = tempDir();

/** The longest time that a common load balancer keeps idle connections to its servers: Google Cloud. */
const PROXY_KEEP_ALIVE_SECONDS = 600;

describe('a connection without a request', () => {
  /** Reads the announced timeout, which Node.js also enforces. */
  async function keepAliveOf(settings: Record<string, unknown>): Promise<number> {
    const it = await startTestDaemon(dir, settings);
    const socket = connect(Number(it.daemon.url.port), it.daemon.url.hostname);
    socket.write('GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    return Number(/^keep-alive: timeout=(\d+)/im.exec(answer.toString())?.[1]);
  }

  test('stays open longer than a proxy keeps it', async () => {
    expect(await keepAliveOf({})).toBeGreaterThan(PROXY_KEEP_ALIVE_SECONDS);
    expect(configSchema.parse({}).server.keepAliveSeconds).toBeGreaterThan(PROXY_KEEP_ALIVE_SECONDS);
  });

  test('stays open as long as server.keepAliveSeconds says', async () => {
    expect(await keepAliveOf({ server: { port: 0, keepAliveSeconds: 30 } })).toBe(30);
  });
});

test('streams of events are marked as not to be buffered or changed', async () => {
  const it = await startTestDaemon(dir);
  const response = await fetch(it.url('graphql'), {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({ query: 'subscription { callEvents { __typename } }' }),
  });
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  expect(response.headers.get('x-accel-buffering')).toBe('no');
  expect(response.headers.get('cache-control')).toBe('no-cache, no-transform');
  await response.body?.cancel();
});

test('other responses of GraphQL are buffered as usual', async () => {
  const it = await startTestDaemon(dir);
  const response = await fetch(it.url('graphql?query={latestCursor}'));
  expect(response.headers.has('x-accel-buffering')).toBe(false);
});
