import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test, vi } from 'vitest';
import { joinCluster } from '../../../src/cluster/membership/join-cluster.ts';
import { systemClock as clock } from '../../../src/system-clock.ts';
import { startNats } from '../support/nats-server.ts';
import { afterTest, connectNode, hasNats, natsUrl, newClusterName, settingsOf } from '../support/nodes.ts';
import { startProxy } from '../support/proxy.ts';

const LEASE_MS = 600;
/** Only a bound: tests wait for what happens. */
const WAIT = { timeout: 40_000, interval: 10 };

async function join(name: string, node: string, { url = natsUrl!, instance = `${node}1`, epoch = 1 } = {}) {
  const settings = settingsOf({ nats: [url], name, node, leaseSeconds: LEASE_MS / 1000 });
  const { connection, log } = await connectNode(settings);
  const identity = { epoch, instance, version: '1', startedAt: 0 };
  const membership = await joinCluster(identity, { settings, connection, clock, log: log.log('') });
  afterTest(() => membership.stop());
  const events: string[] = [];
  membership.onPeer((event) => {
    const reason = 'reason' in event ? ` ${event.reason}` : '';
    events.push(`${event.type} ${event.peer.node} ${event.peer.epoch}${reason}`);
  });
  return { membership, events, connection };
}

/** Starts a node as a process. */
async function startMember(url: string, name: string, node: string, epoch: number) {
  const script = fileURLToPath(new URL('../support/member.ts', import.meta.url));
  const child = spawn(
    process.execPath,
    [
      '--conditions=@sidetone/source',
      '--import',
      'tsx',
      script,
      url,
      name,
      node,
      String(epoch),
      String(LEASE_MS),
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  afterTest(() => void child.kill('SIGKILL'));
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  await vi.waitFor(() => expect(output).toContain('started'), WAIT);
  return { kill: (signal: NodeJS.Signals) => child.kill(signal), output: () => output };
}

describe.skipIf(!hasNats)('the nodes of a cluster', () => {
  test('see each other join, drain and leave; other clusters do not', async () => {
    const name = newClusterName();
    const a = await join(name, 'a');
    const b = await join(name, 'b');
    const other = await join(newClusterName(), 'c');
    await vi.waitFor(() => expect(a.events).toEqual(['joined b 1']), WAIT);
    await b.membership.drain();
    await b.membership.stop();
    await vi.waitFor(
      () => expect(a.events).toEqual(['joined b 1', 'changed b 1', 'left b 1 released']),
      WAIT,
    );
    expect(other.events).toEqual([]);
  });

  test('have different names', async () => {
    const name = newClusterName();
    await join(name, 'a');
    await expect(join(name, 'a', { instance: 'a2' })).rejects.toMatchObject({
      code: 'CLUSTER_NODE_NAME_TAKEN',
    });
  });

  test('notice a process that is killed, and one that is paused until it is replaced', async () => {
    const name = newClusterName();
    const a = await join(name, 'a');
    const killed = await startMember(natsUrl!, name, 'b', 2);
    const paused = await startMember(natsUrl!, name, 'c', 3);
    await vi.waitFor(() => expect(a.membership.peers).toHaveLength(2), WAIT);
    killed.kill('SIGKILL');
    paused.kill('SIGSTOP');
    await vi.waitFor(() => expect(a.membership.peers).toHaveLength(0), WAIT);
    // On a busy machine, a process may not renew its short lease in time even before.
    expect(a.events).toEqual(expect.arrayContaining(['left b 2 expired', 'left c 3 expired']));
    // Its name is free for the next process, and the paused one learns it.
    await join(name, 'c', { epoch: 4 });
    paused.kill('SIGCONT');
    await vi.waitFor(() => expect(paused.output()).toContain('taken'), WAIT);
    await vi.waitFor(() => expect(a.events.at(-1)).toBe('joined c 4'), WAIT);
  });

  test.each([true, false])(
    'survive a restart of the server with its data (%s) without a death',
    async (keepData) => {
      const server = await startNats();
      afterTest(() => server.stop());
      const name = newClusterName();
      const a = await join(name, 'a', { url: server.url });
      const b = await join(name, 'b', { url: server.url });
      await vi.waitFor(() => expect(a.membership.peers).toHaveLength(1), WAIT);
      await server.kill();
      await vi.waitFor(() => expect(a.membership.state).toBe('unconfirmed'), WAIT);
      await server.start({ keepData });
      const before = a.membership.counts.renewals;
      await vi.waitFor(() => {
        for (const { membership } of [a, b])
          expect(membership).toMatchObject({ state: 'held', isCurrent: true });
        // More than the time of a lease.
        expect(a.membership.counts.renewals).toBeGreaterThan(before + 5);
      }, WAIT);
      expect([...a.events, ...b.events].filter((event) => event.startsWith('left'))).toEqual([]);
    },
  );

  test('judge nobody while they are cut off, and are judged by the others', async () => {
    const proxy = await startProxy(Number(new URL(natsUrl!).port));
    afterTest(() => proxy.close());
    const name = newClusterName();
    const a = await join(name, 'a');
    const cut = await join(name, 'b', { url: proxy.url });
    for (const { membership } of [a, cut])
      await vi.waitFor(() => expect(membership.peers).toHaveLength(1), WAIT);
    proxy.cut();
    await vi.waitFor(() => expect(a.events.at(-1)).toBe('left b 1 expired'), WAIT);
    await vi.waitFor(
      () => expect(cut.membership).toMatchObject({ state: 'unconfirmed', isCurrent: false }),
      WAIT,
    );
    expect(cut.membership.peers).toHaveLength(1);
    proxy.mend();
    await vi.waitFor(() => expect(cut.membership).toMatchObject({ state: 'held', isCurrent: true }), WAIT);
    expect(cut.events.filter((event) => event.startsWith('left'))).toEqual([]);
    await vi.waitFor(() => expect(a.events.at(-1)).toBe('joined b 1'), WAIT);
  });
});
