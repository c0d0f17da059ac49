/** A call of Vobiz whose requests arrive at nodes in turn: its answer, its stream, the XML of a transfer, its end. */
import { describe, expect, test } from 'vitest';
import { collect, connect, query, until, writeConfig, type Json } from '../../support/daemon.ts';
import { simulator } from '../../support/process.ts';
import { able, callOf, ended, STAYS } from '../../support/vobiz.ts';
import { startBalancer, type BalancedRequest } from './support/balancer.ts';
import { startCluster } from './support/cluster.ts';
import { startServers } from './support/servers.ts';

const servers = await startServers();

async function startWorld() {
  const cloud = await simulator();
  const balancer = await startBalancer();
  const cluster = await startCluster(servers!, {
    nodes: 2,
    writeConfig: (dir, node) =>
      writeConfig(dir, cloud, {
        server: `{ port: 0, publicUrl: '${balancer.url}' }`,
        storage: node.storage,
        extra: `log: { level: warn }\n${node.cluster}`,
        vobiz: { signature: 'require' },
      }),
  });
  balancer.balance(cluster.nodes.map(({ url }) => url));
  await cloud.pointAt(balancer.url);
  return { cloud, balancer, cluster, urls: cluster.nodes.map(({ url }) => url) };
}

const isAt =
  (path: string) =>
  ({ path: requested }: BalancedRequest): boolean =>
    requested.includes(`/vobiz/${path}`);

describe.skipIf(!servers)('a call of Vobiz in a cluster', () => {
  test('is one call, whichever node receives its requests, and a webhook is accepted once', async () => {
    const { cloud, balancer, cluster, urls } = await startWorld();
    const calls = [];
    // The nodes are in turn, so of two calls, the streams and the transfers are at different nodes.
    for (let n = 0; n < 2; n++) {
      const id = await cloud.startCall('vobiz', 'plumber', { ...STAYS, signature: 'v3' });
      await until(async () => (await callOf(urls[0]!, id))?.status === 'IN_PROGRESS', 'a call in progress');
      const levels = collect(
        connect(urls[n]!),
        'subscription { audioLevels(intervalMs: 200) { levels { parties { party rmsDb } } } }',
      );
      await until(
        () => levels.items.some(({ audioLevels }) => (audioLevels.levels[0]?.parties.length ?? 0) > 0),
        'levels',
      );
      await able(urls[n]!, id, 'TRANSFER');
      const call = await callOf(urls[n]!, id);
      const { transfer } = await query(
        urls[n]!,
        'mutation ($id: ID!) { transfer(input: { callId: $id, number: "+919000000003" }) { command { id status } failure { code } } }',
        { id: call.id },
      );
      expect(transfer.failure).toBeNull();
      await until(
        async () => (await commandsOf(urls[1 - n]!, id)).some(({ status }: Json) => status === 'CONFIRMED'),
        'the confirmation of the transfer',
      );
      await cloud.send('POST', `calls/${id}/hangup`, {});
      calls.push(await ended(urls[1 - n]!, id));
    }
    for (const { streams } of calls) expect(streams.length).toBeGreaterThan(0);
    const nodesOf = (path: string): number[] => balancer.requests.filter(isAt(path)).map(({ node }) => node);
    expect(new Set(balancer.requests.map(({ node }) => node)).size).toBe(2);
    expect(nodesOf('answer')).toHaveLength(2);
    expect(nodesOf('stream/')).not.toEqual(nodesOf('answer'));
    // Vobiz opens a stream again that was rejected.
    const rejected = balancer.requests.filter(({ status }) => status !== undefined && status >= 400);
    expect(rejected.map(({ path, status }) => [path, status])).toEqual([]);
    expect(nodesOf('transfer/')).toHaveLength(2);
    expect((await query(urls[0]!, '{ calls(first: 9) { nodes { id } } }')).calls.nodes).toHaveLength(2);

    const answer = balancer.requests.find(isAt('answer'))!;
    for (const node of [1 - answer.node, answer.node]) expect(await balancer.replay(answer, node)).toBe(401);
    for (const { log } of cluster.nodes) expect(log).not.toMatch(/STREAM_TOKEN_UNKNOWN|PLUGIN_/);
  });
});

const commandsOf = async (url: string, id: string): Promise<Json[]> =>
  (
    await query(
      url,
      `{ callByProviderId(providerId: "vobiz", providerCallId: "${id}") { commands(first: 9) { nodes { status } } } }`,
    )
  ).callByProviderId.commands.nodes as Json[];
