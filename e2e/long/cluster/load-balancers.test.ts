/** A cluster behind nginx and HAProxy, with the files of `deploy/cluster`: a node is killed, and no webhook is rejected. */
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../../packages/daemon/src/config/load.ts';
import { isNatsInstalled } from '../../../packages/daemon/test/nats/support/nats-server.ts';
import { collect, connect, tempDir, until } from '../../support/daemon.ts';
import { hasNginx, runNginx } from '../../support/nginx.ts';
import { freePort } from '../../support/ports.ts';
import { stopOnEnd } from '../../support/process.ts';
import { liveCall } from '../../support/scripted.ts';
import { startCluster } from './support/cluster.ts';
import type { ClusterNode } from './support/node.ts';
import { scriptedNode, webhook } from './support/probe.ts';
import { startServers } from './support/servers.ts';

const read = (name: string): string => readFileSync(join('deploy/cluster', name), 'utf8');
const hasHaproxy = spawnSync('haproxy', ['-v']).status === 0;

/** Replaces the addresses of the nodes. */
const withNodes = (text: string, nodes: readonly ClusterNode[]): string =>
  nodes.reduce(
    (result, { url }, index) => result.replaceAll(`10.0.0.1${index + 1}:4000`, new URL(url).host),
    text,
  );

async function startHaproxy(port: number, nodes: readonly ClusterNode[]): Promise<void> {
  const file = join(tempDir(), 'haproxy.cfg');
  writeFileSync(
    file,
    withNodes(read('haproxy.cfg'), nodes)
      .replace(/bind :443.*/, `bind 127.0.0.1:${port}`)
      .replace('maxconn 20000', 'maxconn 1000'),
  );
  const child = spawn('haproxy', ['-db', '-f', file], { stdio: ['ignore', 'ignore', 'pipe'] });
  stopOnEnd(child);
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  await until(async () => {
    if (child.exitCode !== null) throw new Error(`HAProxy failed: ${errors}`);
    const response = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined);
    return response?.ok;
  }, 'HAProxy to listen');
}

const BALANCERS = [
  {
    name: 'nginx',
    isInstalled: hasNginx,
    start: async (port: number, nodes: readonly ClusterNode[]) =>
      void (await runNginx(port, withNodes(read('nginx.conf'), nodes))),
  },
  { name: 'HAProxy', isInstalled: hasHaproxy, start: startHaproxy },
];

const servers = await startServers();

describe.skipIf(!servers)('three nodes behind', () => {
  test.each(BALANCERS)(
    '$name: a node is killed, and no webhook is rejected',
    async ({ isInstalled, start }) => {
      if (!isInstalled) return;
      const cluster = await startCluster(servers!, {
        writeConfig: scriptedNode('auth: { unverified: true }'),
      });
      const port = await freePort();
      await start(port, cluster.nodes);
      const address = { url: `http://127.0.0.1:${port}/` };
      const seen = collect(connect(address.url), 'subscription { callEvents { cursor } }');
      const call = async (id: string): Promise<void> =>
        expect(await webhook(address, ...liveCall(id))).toEqual({ status: 204, body: '' });
      for (let n = 0; n < 6; n++) await call(`before-${n}`);
      await until(() => seen.items.length > 0, 'events over a WebSocket');
      await cluster.nodes[1]!.end('SIGKILL');
      for (let n = 0; n < 12; n++) await call(`after-${n}`);
    },
  );
});

describe('the files of deploy/cluster', () => {
  test('have a valid configuration of a node', () => {
    const names = [...read('sidetone.yaml').matchAll(/\$\{([A-Z_]+)\}/g)].map(([, name]) => name!);
    const config = parseConfig(read('sidetone.yaml'), 'sidetone.yaml', {
      ...Object.fromEntries(names.map((name) => [name, 'a-value-of-at-least-thirty-two-characters'])),
      SIDETONE_PUBLIC_URL: 'https://calls.example.com',
      SIDETONE_DATABASE_URL: 'postgres://sidetone:secret@10.0.0.20/sidetone?sslmode=verify-full',
      SIDETONE_NODE: 'node-1',
    });
    expect(config.cluster).toMatchObject({ node: 'node-1', name: 'sidetone' });
    expect(config.storage.kind).toBe('postgres');
  });

  test.skipIf(!isNatsInstalled)('have a valid configuration of NATS', () => {
    const run = spawnSync('nats-server', ['-t', '-c', 'deploy/cluster/nats.conf'], {
      encoding: 'utf8',
      env: {
        ...process.env,
        PATH: `${process.env['PATH']}:/usr/sbin`,
        NATS_NAME: 'nats-1',
        NATS_PASSWORD: 'x',
      },
    });
    expect([run.status, run.stderr]).toEqual([0, expect.stringContaining('is valid')]);
  });
});
