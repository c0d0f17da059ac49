/** A node that receives SIGTERM passes its calls and its clients on before it stops. */
import { createClient, type Client } from 'graphql-ws';
import { afterAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { createPools } from '../../../packages/daemon/src/store/postgres/connection/pools.ts';
import {
  isNatsInstalled,
  startNats,
  type NatsServer,
} from '../../../packages/daemon/test/nats/support/nats-server.ts';
import { startServer, type RunningServer } from '../../../packages/daemon/test/postgres/support/server.ts';
import { query, startDaemon, tempDir, until, writeConfig } from '../../support/daemon.ts';

const server: RunningServer | undefined = isNatsInstalled ? await startServer(['fsync=off']) : undefined;
const nats: NatsServer | undefined = server && (await startNats());
const NOWHERE = { url: 'http://127.0.0.1:9' };

describe.skipIf(!nats)('a node that drains', () => {
  afterAll(async () => {
    await nats?.stop();
    await server?.stop();
  });

  async function webhook(url: string, call: string, status: string): Promise<number> {
    const message = { type: 'status-update', status, timestamp: Date.now(), call: { id: call } };
    const init = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ message }),
    };
    return (await fetch(new URL('providers/vapi/webhook', url), init)).status;
  }

  test('is not ready, accepts webhooks for other nodes, closes the sockets of clients, and leaves no call behind', async () => {
    const pools = await createPools({ url: `${server!.url}/postgres` });
    await pools.writing.query('create database rolling');
    await pools.close();
    const configOf = (node: string): string =>
      writeConfig(tempDir(), NOWHERE, {
        storage: `{ kind: postgres, url: '${server!.url}/rolling' }`,
        extra: `cluster: { nats: ['${nats!.url}'], node: ${node}, name: rolling, leaseSeconds: 2 }`,
      });
    const first = await startDaemon(configOf('a'));
    const second = await startDaemon(configOf('b'));
    for (const call of ['one', 'two']) expect(await webhook(first.url, call, 'ringing')).toBe(200);
    const closes: number[] = [];
    const client: Client = createClient({
      url: new URL('graphql', first.url).href.replace('http', 'ws'),
      webSocketImpl: WebSocket,
      lazy: false,
      retryAttempts: 0,
      onNonLazyError: () => undefined,
      on: { closed: (event) => void closes.push((event as { code: number }).code) },
    });

    const stopped = first.end('SIGTERM');
    await until(
      async () => (await fetch(new URL('readyz', first.url))).status === 503,
      'a node that is not ready',
    );
    expect(await (await fetch(new URL('readyz', first.url))).text()).toBe('not ready: draining\n');
    expect(await webhook(first.url, 'one', 'in-progress')).toBe(200);
    expect(await webhook(first.url, 'three', 'ringing')).toBe(200);
    await stopped;
    expect(closes).toEqual([1001]);
    await client.dispose();

    const { calls } = await query(second.url, '{ calls(first: 9) { nodes { providerCallId status } } }');
    const statuses = Object.fromEntries(
      (calls.nodes as { providerCallId: string; status: string }[]).map((call) => [
        call.providerCallId,
        call.status,
      ]),
    );
    expect(statuses).toEqual({ one: 'IN_PROGRESS', two: 'RINGING', three: 'RINGING' });
    // Without a further event, it knows the calls that it has adopted: they are live in its memory.
    const metrics = await (await fetch(new URL('metrics', second.url))).text();
    const live = [...metrics.matchAll(/^sidetone_live_calls\{[^}]*\} (\d+)/gm)].map(([, n]) => Number(n));
    expect(live.reduce((sum, n) => sum + n, 0)).toBe(3);
    await second.end('SIGTERM');
  });
});
