import { describe, expect, test } from 'vitest';
import { checkCluster } from '../../../src/cli/check/cluster.ts';
import { hasNats, settingsOf } from '../support/nodes.ts';

describe.skipIf(!hasNats)('sidetone check', () => {
  test('names the server of NATS', async () => {
    const [result] = await checkCluster(settingsOf());
    expect(result).toMatchObject({ check: 'cluster', state: 'OK' });
    expect(result!.message).toMatch(
      /^node a of test, NATS \d+\.\d+\.\d+ at 127\.0\.0\.1:\d+, with JetStream$/,
    );
  });

  test('says what is wrong, and what to do', async () => {
    const nats = ['nats://127.0.0.1:9'];
    expect(await checkCluster(settingsOf({ nats }))).toMatchObject([
      {
        check: 'cluster',
        state: 'FAILED',
        code: 'CLUSTER_UNREACHABLE',
        remedy: expect.stringContaining('NATS'),
      },
    ]);
  });

  test('has nothing to do without a cluster', async () => {
    expect(await checkCluster(undefined)).toEqual([]);
  });
});
