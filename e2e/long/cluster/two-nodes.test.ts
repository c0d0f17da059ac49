/** Two nodes on one database: a call is decided about by one of them, whichever node the provider sends its events to. */
import { afterAll, describe, expect, test } from 'vitest';
import { createPools } from '../../../packages/daemon/src/store/postgres/connection/pools.ts';
import {
  isNatsInstalled,
  startNats,
  type NatsServer,
} from '../../../packages/daemon/test/nats/support/nats-server.ts';
import { startServer, type RunningServer } from '../../../packages/daemon/test/postgres/support/server.ts';
import { query, startDaemon, tempDir, until, writeConfig, type Json } from '../../support/daemon.ts';
import { sidetone } from '../../support/process.ts';

const server: RunningServer | undefined = isNatsInstalled ? await startServer(['fsync=off']) : undefined;
const nats: NatsServer | undefined = server && (await startNats());

const CALLS =
  '{ calls(first: 20) { nodes { id providerCallId status events(first: 100) { nodes { type } } } } }';
const NOWHERE = { url: 'http://127.0.0.1:9' };

describe.skipIf(!nats)('two nodes', () => {
  let databases = 0;
  afterAll(async () => {
    await nats?.stop();
    await server?.stop();
  });

  async function newDatabase(): Promise<string> {
    const name = `cluster_${++databases}`;
    const pools = await createPools({ url: `${server!.url}/postgres` });
    await pools.writing.query(`create database ${name}`);
    await pools.close();
    return `${server!.url}/${name}`;
  }

  const configOf = (url: string, node: string, name: string): string =>
    writeConfig(tempDir(), NOWHERE, {
      storage: `{ kind: postgres, url: '${url}' }`,
      extra: `cluster: { nats: ['${nats!.url}'], node: ${node}, name: ${name}, leaseSeconds: 2 }`,
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

  const callsOf = async (url: string): Promise<Json[]> => (await query(url, CALLS)).calls.nodes as Json[];

  test('share their calls: each event is decided about by the owner, and a node that stops gives up its calls', async () => {
    const url = await newDatabase();
    const first = await startDaemon(configOf(url, 'a', 'share'));
    const second = await startDaemon(configOf(url, 'b', 'share'));
    expect(await webhook(first.url, 'one', 'ringing')).toBe(200);
    expect(await webhook(second.url, 'one', 'in-progress')).toBe(200);
    const types = (await callsOf(first.url)).map((call) =>
      call.events.nodes.map(({ type }: Json) => type as string),
    );
    expect(types).toEqual([expect.arrayContaining(['CALL_STARTED', 'CALL_STATUS_CHANGED'])]);
    expect(await callsOf(second.url)).toEqual(await callsOf(first.url));

    const ready = await (await fetch(new URL('readyz?verbose', first.url))).json();
    const peers = [{ node: 'b', version: expect.any(String), isDraining: false }];
    expect(ready).toMatchObject({
      ready: true,
      cluster: { node: 'a', lease: 'HELD', nats: { state: 'OK' }, peers },
    });
    expect(await (await fetch(new URL('readyz?verbose', second.url))).json()).toMatchObject({
      cluster: { node: 'b', peers: [{ node: 'a' }] },
    });

    await first.end('SIGTERM');
    expect(await webhook(second.url, 'one', 'ended')).toBe(200);
    await until(async () => (await callsOf(second.url))[0]?.status === 'ENDED', 'the end of the call');
    await second.end('SIGTERM');
  });

  test('a second process of the same name, and a node without NATS, do not start', async () => {
    const url = await newDatabase();
    const first = await startDaemon(configOf(url, 'a', 'names'));
    const second = sidetone(['start', '--config', configOf(url, 'a', 'names'), '--port', '0']);
    expect(await second.exit()).not.toBe(0);
    expect(second.stderr()).toMatch(/CLUSTER_NODE_NAME_TAKEN|STORE_IN_USE/);
    const config = writeConfig(tempDir(), NOWHERE, {
      storage: `{ kind: postgres, url: '${url}' }`,
      extra: `cluster: { nats: ['nats://127.0.0.1:9'], node: c }`,
    });
    const third = sidetone(['start', '--config', config, '--port', '0']);
    expect(await third.exit()).not.toBe(0);
    expect(third.stderr()).toContain('CLUSTER_UNREACHABLE');
    await first.end('SIGTERM');
  });
});
