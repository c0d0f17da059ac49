/**
 * Nodes are killed, paused and cut off at random while calls arrive, commands are sent and clients follow at random nodes: every
 * acknowledged webhook is stored once, subscribers receive every event once, and commands end truthfully.
 * `SIDETONE_CHAOS_SECONDS=120 npx vitest run --project=long e2e/long/cluster/chaos` runs it for longer.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, onTestFailed, test } from 'vitest';
import { BREAK_NAMES, startChaos, type Break } from './support/chaos.ts';
import { endLoad, expectTruth, startScene, type Scene } from './support/scene.ts';
import { startServers } from './support/servers.ts';

const SECONDS = Number(process.env['SIDETONE_CHAOS_SECONDS'] ?? 20);

const servers = await startServers();

/** The load was real: otherwise the checks prove little. */
function expectLoad({ callers, commanders, provider, subscribers }: Scene): void {
  expect(callers.acknowledged.size).toBeGreaterThan(50);
  expect(commanders.answers.size).toBeGreaterThan(5);
  expect(provider.executions.size).toBeGreaterThan(5);
  for (const each of subscribers) expect(each.events.length).toBeGreaterThan(50);
}

/** What happened, for the search of a cause. */
const reportOf = ({ cluster, commanders }: Scene, history: readonly string[]): string =>
  [
    ...history,
    `errors of commands: ${JSON.stringify([...commanders.errors])}`,
    ...cluster.nodes.map(({ name, log }) => `${name}: ${log.slice(-20_000)}`),
  ].join('\n');

describe.skipIf(!servers)('a cluster under load', () => {
  test('one daemon, killed again and again', { timeout: (SECONDS + 180) * 1000 }, async () => {
    const scene = await startScene(servers!, { nodes: 1, isClustered: false });
    const chaos = startChaos(scene.cluster, { breaks: ['kill'], pauseMs: 5000 });
    await delay(SECONDS * 1000);
    await chaos.stop();
    await endLoad(scene);
    expectLoad(scene);
    await expectTruth(scene);
  });

  test('three nodes, broken at random', { timeout: (SECONDS + 240) * 1000 }, async () => {
    const scene = await startScene(servers!, { nodes: 3 });
    const breaks = (process.env['SIDETONE_CHAOS_BREAKS'] ?? BREAK_NAMES.join()).split(',') as Break[];
    const chaos = startChaos(scene.cluster, { breaks });
    onTestFailed(() => void process.stderr.write(reportOf(scene, chaos.history)));
    await delay(SECONDS * 1000);
    await chaos.stop();
    await endLoad(scene);
    expectLoad(scene);
    await expectTruth(scene);
  });
});
