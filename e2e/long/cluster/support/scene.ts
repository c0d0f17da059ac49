/** Calls, commands and subscribers on a cluster, and what must hold when it is quiet again. */
import { expect } from 'vitest';
import { query, type Json } from '../../../support/daemon.ts';
import { PATIENCE_MS } from '../../../support/patience.ts';
import { writeScriptedConfig } from '../../../support/scripted.ts';
import { checkCommands, checkSequence, checkStored, type CommandReport } from './checks.ts';
import { startCluster, type TestCluster } from './cluster.ts';
import { startCommanders, type Commanders } from './commands.ts';
import { startCallers, startCommandServer, type Callers, type CommandServer } from './provider.ts';
import type { Servers } from './servers.ts';
import { subscribe, type Subscriber } from './subscriber.ts';

export interface Scene {
  readonly cluster: TestCluster;
  readonly callers: Callers;
  readonly commanders: Commanders;
  readonly provider: CommandServer;
  readonly subscribers: readonly Subscriber[];
  /** The cursor before the first event. */
  readonly start: string;
}

const CALLS = `query ($after: String) { calls(first: 50, after: $after) {
  nodes { isLive providerCallId utterances(first: 50) { nodes { text } } commands(first: 50) { nodes { id status arguments } } }
  pageInfo { hasNextPage endCursor } } }`;

/** Starts a cluster with callers, commanders and subscribers: one that stays connected, and others that move from node to node. */
export async function startScene(
  servers: Servers,
  { nodes, isClustered = true }: { readonly nodes: number; readonly isClustered?: boolean },
): Promise<Scene> {
  const provider = await startCommandServer(() => cluster);
  const cluster: TestCluster = await startCluster(servers, {
    nodes,
    isClustered,
    writeConfig: (dir, node) =>
      writeScriptedConfig(dir, {
        remote: provider.url,
        storage: node.storage,
        extra: `log: { level: warn }\n${node.cluster}`,
      }),
  });
  const start = (await query(cluster.nodes[0]!.url, '{ latestCursor }')).latestCursor as string;
  const subscribers = [undefined, 2000, 6000].map((lifeMs) =>
    subscribe(cluster, start, lifeMs === undefined ? {} : { lifeMs }),
  );
  const callers = startCallers(cluster);
  const commanders = startCommanders(cluster, callers);
  return { cluster, callers, commanders, provider, subscribers, start };
}

/** Ends the load. All nodes must run. */
export async function endLoad({ commanders, callers, provider }: Scene): Promise<void> {
  await commanders.stop();
  await callers.stop();
  await provider.settled();
}

/** Checks that nothing is lost, repeated or untrue, and that all nodes say the same. */
export async function expectTruth({
  cluster,
  callers,
  commanders,
  provider,
  subscribers,
  start,
}: Scene): Promise<void> {
  const [first] = cluster.nodes;
  await expect
    .poll(async () => unfinishedIn(await callsOf(first!.url)), { timeout: PATIENCE_MS, interval: 200 })
    .toEqual([]);
  const { latestCursor: end } = (await query(first!.url, '{ latestCursor }')) as { latestCursor: string };
  const logs = await Promise.all(
    cluster.nodes.map(async (node) => {
      const reader = subscribe({ pick: () => node }, start);
      await reader.reached(end);
      await reader.stop();
      return cursorsUpTo(end, reader);
    }),
  );
  const [log] = logs;
  for (const other of logs) expect(other).toEqual(log);
  for (const subscriber of subscribers) {
    await subscriber.reached(end);
    expect(checkSequence(cursorsUpTo(end, subscriber), log!)).toEqual([]);
  }
  for (const node of cluster.nodes) {
    const calls = await callsOf(node.url);
    expect(
      checkStored(
        callers.acknowledged,
        calls.flatMap(({ texts }) => texts),
      ),
    ).toEqual([]);
    const commands = calls.flatMap(({ commands: each }) => each);
    expect(checkCommands(commands, provider.executions, commanders.answers)).toEqual([]);
  }
  const [followed] = subscribers;
  const texts = followed!.events.flatMap(({ utterance }) => (utterance ? [utterance.text] : []));
  expect(checkStored(callers.acknowledged, texts)).toEqual([]);
}

/** Calls that have not ended, and commands without an outcome. */
const unfinishedIn = (calls: readonly StoredCall[]): string[] =>
  calls.flatMap(({ name, isLive, commands }) => [
    ...(isLive ? [`${name} is live`] : []),
    ...commands
      .filter(({ status }) => status === 'REQUESTED')
      .map(({ commandId, text }) => `${name}: command ${commandId} ${text}`),
  ]);

const cursorsUpTo = (end: string, { events }: Pick<Subscriber, 'events'>): string[] => {
  const cursors = events.map(({ cursor }) => cursor);
  return cursors.slice(0, cursors.indexOf(end) + 1);
};

interface StoredCall {
  /** The provider's id. */
  readonly name: string;
  readonly isLive: boolean;
  readonly texts: readonly string[];
  readonly commands: readonly CommandReport[];
}

async function callsOf(url: string): Promise<StoredCall[]> {
  const all: StoredCall[] = [];
  for (let after: string | null = null, isComplete = false; !isComplete;) {
    const { calls } = await query(url, CALLS, { after });
    for (const { providerCallId, isLive, utterances, commands } of calls.nodes as Json[])
      all.push({
        name: providerCallId as string,
        isLive,
        texts: (utterances.nodes as Json[]).map(({ text }) => text as string),
        commands: (commands.nodes as Json[]).map(({ id, status, arguments: given }) => ({
          commandId: id,
          status,
          text: given.content,
        })),
      });
    isComplete = !calls.pageInfo.hasNextPage;
    after = calls.pageInfo.endCursor as string;
  }
  return all;
}
