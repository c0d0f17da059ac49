/** Each failure of a node, and of the servers, on its own: what is acknowledged meanwhile, and what is stored in the end. */
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { query, until } from '../../support/daemon.ts';
import { liveCall, said, type ScriptedEvent } from '../../support/scripted.ts';
import { LEASE_SECONDS, startCluster, type TestCluster } from './support/cluster.ts';
import { ask } from './support/commands.ts';
import type { ClusterNode } from './support/node.ts';
import { acknowledged, scriptedNode, textsOf, webhook } from './support/probe.ts';
import { startServers } from './support/servers.ts';

const servers = await startServers();

const CALL = 'the-call';

/** An utterance that is stored once, however often it is sent. */
const line = (text: string): ScriptedEvent => ({ ...said(CALL, 'CUSTOMER', text), dedupeKey: text });
const begin: readonly ScriptedEvent[] = liveCall(CALL).map((event) => ({ ...event, dedupeKey: 'begin' }));

/** Starts nodes. The first one owns a call. */
async function start(count: number): Promise<{ cluster: TestCluster; nodes: ClusterNode[] }> {
  const cluster = await startCluster(servers!, { nodes: count, writeConfig: scriptedNode() });
  const nodes = [...cluster.nodes];
  await acknowledged(nodes[0]!, ...begin);
  await acknowledged(nodes[0]!, line('first'));
  return { cluster, nodes };
}

/** All nodes have the same texts of the call, each once. */
async function expectTexts(nodes: readonly ClusterNode[], texts: readonly string[]): Promise<void> {
  for (const node of nodes) expect(await textsOf(node, CALL)).toEqual(texts);
}

const readiness = async ({ url }: ClusterNode): Promise<number> =>
  (await fetch(new URL('readyz', url))).status;

describe.skipIf(!servers)('a cluster of two nodes', () => {
  test('a node that was paused for longer than its lease cannot write: it stops, and can be started again', async () => {
    const { nodes } = await start(2);
    const [paused, other] = nodes as [ClusterNode, ClusterNode];
    paused.pause();
    const late = webhook(paused, line('sent to the paused node'));
    await acknowledged(other, line('at the other node'));
    paused.resume();
    expect((await late).status).not.toBe(204);
    expect(await paused.exited()).toBe(1);
    expect(paused.log).toMatch(/NODE_FENCED.*another daemon has taken over/);
    await paused.start();
    await acknowledged(paused, line('after the restart'));
    await expectTexts(nodes, ['first', 'at the other node', 'after the restart']);
  });

  test('a node that is killed is replaced: its call continues at the other one', async () => {
    const { nodes } = await start(2);
    const [killed, other] = nodes as [ClusterNode, ClusterNode];
    await killed.end('SIGKILL');
    await acknowledged(other, line('at the other node'));
    await killed.start();
    await acknowledged(killed, line('after the restart'));
    await expectTexts(nodes, ['first', 'at the other node', 'after the restart']);
  });

  test.each([
    ['NATS', (node: ClusterNode) => [node.nats]],
    ['PostgreSQL', (node: ClusterNode) => [node.postgres]],
    ['both', (node: ClusterNode) => [node.nats, node.postgres]],
  ])('a node that is cut off from %s duplicates nothing', async (_name, proxiesOf) => {
    const { nodes } = await start(2);
    const [cut, other] = nodes as [ClusterNode, ClusterNode];
    for (const proxy of proxiesOf(cut)) proxy.hold();
    // Both nodes are asked, as a provider that does not know of the split does.
    let sent = 0;
    const texts = ['first'];
    const deadline = performance.now() + LEASE_SECONDS * 3000;
    while (performance.now() < deadline) {
      const text = `line ${++sent}`;
      const replies = await Promise.all(
        [cut, other].map((node) => Promise.race([webhook(node, line(text)), delay(2000)])),
      );
      if (replies.some((reply) => reply?.status === 204)) texts.push(text);
    }
    for (const proxy of proxiesOf(cut)) proxy.mend();
    await acknowledged(other, line('after the split'));
    await until(
      async () => cut.hasExited || (await readiness(cut)) === 200,
      'the node to recover or to stop',
    );
    if (cut.hasExited) await cut.start();
    await acknowledged(cut, line('at the node'));
    for (const node of nodes) {
      const stored = await textsOf(node, CALL);
      expect(new Set(stored).size).toBe(stored.length);
      expect(stored).toEqual(expect.arrayContaining([...texts, 'after the split', 'at the node']));
    }
  });

  test('without NATS, nodes continue with their calls, and reject with a code what needs another node', async () => {
    const { nodes } = await start(2);
    const [owner, other] = nodes as [ClusterNode, ClusterNode];
    await servers!.nats.kill();
    try {
      // For longer than a lease.
      const deadline = performance.now() + LEASE_SECONDS * 2000;
      for (let n = 0; performance.now() < deadline; n++) {
        expect(await webhook(owner, line(`at the owner ${n}`))).toEqual({ status: 204, body: '' });
        expect(await webhook(other, line('at the other node'))).toMatchObject({ status: 503 });
        await delay(200);
      }
      const fresh = liveCall('another-call');
      expect(await webhook(other, ...fresh)).toEqual({ status: 204, body: '' });
      const { call } = (await ask(
        other.url,
        `{ call: callByProviderId(providerId: "line", providerCallId: "${CALL}") { id } }`,
      ))!.data;
      const refused = await ask(
        other.url,
        `mutation { addMessage(input: { callId: "${call.id}", role: SYSTEM, content: "x" }) { failure { code retryable } command { status } } }`,
      );
      const code = refused!.errors?.[0]?.extensions?.code ?? refused!.data?.addMessage?.failure?.code;
      expect(code).toMatch(/^(CLUSTER_|NOT_OWNER)/);
    } finally {
      await servers!.nats.start();
    }
    await acknowledged(other, line('after the outage'));
    const texts = await textsOf(other, CALL);
    expect(texts.filter((text) => text === 'after the outage')).toHaveLength(1);
    expect(new Set(texts).size).toBe(texts.length);
    expect(nodes.map((node) => node.hasExited)).toEqual([false, false]);
  });

  test('without PostgreSQL, webhooks are answered with 503, and nothing is lost', async () => {
    const { nodes } = await start(2);
    const [owner, other] = nodes as [ClusterNode, ClusterNode];
    await servers!.postgres.interrupt();
    try {
      await until(async () => (await readiness(owner)) === 503, 'the node to be unavailable');
      for (const node of nodes) expect((await webhook(node, line('during the outage'))).status).toBe(503);
    } finally {
      await servers!.postgres.resume();
    }
    await acknowledged(other, line('during the outage'));
    await acknowledged(owner, line('after the outage'));
    await expectTexts(nodes, ['first', 'during the outage', 'after the outage']);
    const { latestCursor } = await query(owner.url, '{ latestCursor }');
    await until(
      async () => (await query(other.url, '{ latestCursor }')).latestCursor === latestCursor,
      'both nodes to have the same log',
    );
  });
});
