import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test, vi } from 'vitest';
import { joinCluster } from '../../../src/cluster/membership/join-cluster.ts';
import { subjectsOf } from '../../../src/cluster/subjects.ts';
import type { ClusterSettings } from '../../../src/config/cluster.ts';
import { systemClock as clock } from '../../../src/system-clock.ts';
import { startNats } from '../support/nats-server.ts';
import { afterTest, connectNode, hasNats, natsUrl, newClusterName, settingsOf } from '../support/nodes.ts';
import { startProxy } from '../support/proxy.ts';

const LEASE_MS = 600;
/** Only a bound: tests wait for what happens. */
const WAIT = { timeout: 40_000, interval: 10 };

interface Changes extends Partial<Pick<ClusterSettings, 'user' | 'password'>> {
  readonly url?: string;
  readonly instance?: string;
  readonly epoch?: number;
}

async function join(
  name: string,
  node: string,
  { url = natsUrl!, instance = `${node}1`, epoch = 1, ...signIn }: Changes = {},
) {
  const settings = settingsOf({ nats: [url], name, node, leaseSeconds: LEASE_MS / 1000, ...signIn });
  const { connection, log } = await connectNode(settings);
  const identity = { epoch, instance, version: '1', startedAt: 0 };
  const membership = await joinCluster(identity, { settings, connection, clock, log: log.log('') });
  afterTest(() => membership.stop());
  const events: string[] = [];
  membership.onPeer((event) => {
    const reason = 'reason' in event ? ` ${event.reason}` : '';
    events.push(`${event.type} ${event.peer.node} ${event.peer.epoch}${reason}`);
  });
  return { membership, events, connection, log };
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

  test('need no other permissions than those that the reference lists', async () => {
    const page = readFileSync('docs/reference/cluster.md', 'utf8');
    const documented = /^ +(?:publish|subscribe): .*$/gm;
    const permissions = page.match(documented)!.map((line) => line.replaceAll('sidetone', 'permitted'));
    expect(permissions).toHaveLength(2);
    const user = `{ user: u, password: p, permissions: {\n${permissions.join('\n')}\n} }`;
    const server = await startNats({ lines: [`authorization { users: [${user}] }`] });
    afterTest(() => server.stop());
    const signIn = { url: server.url, user: 'u', password: 'p' };
    const nodes = [await join('permitted', 'a', signIn), await join('permitted', 'b', signIn)];
    for (const { membership } of nodes)
      await vi.waitFor(() => expect(membership).toMatchObject({ isCurrent: true, peers: [{}] }), WAIT);
    const subjects = subjectsOf('permitted');
    const received: string[] = [];
    const used = [
      subjects.requests({ node: 'b', epoch: 1 }),
      subjects.positions,
      subjects.demand('audio', 'call_1'),
      subjects.live('audio', 'call_1', 'a1'),
      `${subjects.replies('a1')}.1`,
    ];
    for (const subject of used) nodes[1]!.connection.subscribe(subject, () => received.push(subject));
    await nodes[1]!.connection.client.flush();
    for (const subject of used) nodes[0]!.connection.publish(subject, 'x');
    await vi.waitFor(() => expect(received).toEqual(used), WAIT);
    await nodes[1]!.membership.stop();
    await vi.waitFor(() => expect(nodes[0]!.events.at(-1)).toBe('left b 1 released'), WAIT);
    expect(nodes.flatMap(({ log }) => log.lines)).toEqual([]);
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
