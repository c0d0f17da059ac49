/** Three nodes of a cluster without failures: webhooks, commands and clients at any of them. */
import { describe, expect, test } from 'vitest';
import { until } from '../../support/daemon.ts';
import { endLoad, expectTruth, startScene } from './support/scene.ts';
import { startServers } from './support/servers.ts';

const servers = await startServers();

describe.skipIf(!servers)('three nodes', () => {
  test('webhooks, commands and clients arrive at any node', async () => {
    const scene = await startScene(servers!, { nodes: 3 });
    await until(() => scene.callers.acknowledged.size > 300, 'webhooks');
    await until(() => scene.commanders.answers.size > 30, 'commands');
    await endLoad(scene);
    await expectTruth(scene);
    // Only what the provider does: without failures, the nodes reject nothing.
    expect([...scene.commanders.errors.keys()].toSorted()).toEqual(['PROVIDER_REFUSED', 'PROVIDER_TIMEOUT']);
  });
});
