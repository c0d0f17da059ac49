/** A node dies, is paused or stops: another one takes over its calls, and one that was excluded ends by itself. */
import { describe, expect, test } from 'vitest';
import {
  query,
  startDaemon,
  tempDir,
  until,
  writeConfig,
  type DaemonRun,
  type Json,
} from '../../support/daemon.ts';
import { startServers } from './support/servers.ts';

const servers = await startServers();
const NOWHERE = { url: 'http://127.0.0.1:9' };
const CALLS = '{ calls(first: 20) { nodes { providerCallId status } } }';

describe.skipIf(!servers)('a node that fails', () => {
  const start = (url: string, node: string, name: string): Promise<DaemonRun> =>
    startDaemon(
      writeConfig(tempDir(), NOWHERE, {
        storage: `{ kind: postgres, url: '${url}' }`,
        extra: `cluster: { nats: ['${servers!.nats.url}'], node: ${node}, name: ${name}, leaseSeconds: 2 }`,
      }),
    );

  async function webhook(url: string, call: string, status: string): Promise<number> {
    const message = { type: 'status-update', status, timestamp: Date.now(), call: { id: call } };
    const headers = { 'content-type': 'application/json' };
    const init = { method: 'POST', headers, body: JSON.stringify({ message }) };
    return (await fetch(new URL('providers/vapi/webhook', url), init)).status;
  }
  /** Sends a webhook until it is acknowledged, as providers do. */
  const deliver = (url: string, call: string, status: string): Promise<boolean> =>
    until(async () => (await webhook(url, call, status)) === 200, `the webhook ${status} is acknowledged`);
  const statusOf = async (url: string): Promise<string | undefined> =>
    ((await query(url, CALLS)).calls.nodes as Json[])[0]?.status;

  test('is excluded after SIGKILL, and its calls continue at another node', async () => {
    const url = await servers!.newDatabase();
    const first = await start(url, 'a', 'kill');
    const second = await start(url, 'b', 'kill');
    await deliver(first.url, 'one', 'in-progress');
    await first.end('SIGKILL');
    await until(async () => second.stderr().includes('calls taken over'), 'the calls are taken over');
    expect(second.stderr()).toContain('excluded from the cluster');
    const metrics = await (await fetch(new URL('metrics', second.url))).text();
    expect(metrics).toMatch(/^sidetone_cluster_nodes 1$/m);
    expect(metrics).toMatch(/^sidetone_cluster_nodes_excluded_total 1$/m);
    expect(metrics).toMatch(/^sidetone_cluster_calls_taken_over_total 1$/m);
    expect(metrics).toMatch(/^sidetone_cluster_duties\{duty="takeover"\} 1$/m);
    await deliver(second.url, 'one', 'ended');
    await until(async () => (await statusOf(second.url)) === 'ENDED', 'the end of the call');
    await second.end('SIGTERM');
  });

  test('ends with an error when it resumes after SIGSTOP, and writes nothing', async () => {
    const url = await servers!.newDatabase();
    const first = await start(url, 'a', 'pause');
    const second = await start(url, 'b', 'pause');
    await deliver(first.url, 'one', 'in-progress');
    process.kill(first.pid, 'SIGSTOP');
    await until(async () => second.stderr().includes('calls taken over'), 'the calls are taken over');
    process.kill(first.pid, 'SIGCONT');
    expect(await first.exit()).toBe(1);
    expect(first.stderr()).toContain('NODE_FENCED');
    await deliver(second.url, 'one', 'ended');
    await second.end('SIGTERM');
  });

  test('all nodes die: the next one takes over their calls', async () => {
    const url = await servers!.newDatabase();
    const first = await start(url, 'a', 'all');
    const second = await start(url, 'b', 'all');
    await deliver(first.url, 'one', 'in-progress');
    await deliver(second.url, 'two', 'in-progress');
    await Promise.all([first.end('SIGKILL'), second.end('SIGKILL')]);
    const third = await start(url, 'c', 'all');
    await deliver(third.url, 'one', 'ended');
    await deliver(third.url, 'two', 'ended');
    const ended = async (): Promise<boolean> =>
      ((await query(third.url, CALLS)).calls.nodes as Json[]).every(({ status }) => status === 'ENDED');
    await until(ended, 'the ends of the calls');
    await third.end('SIGTERM');
  });
});
