/** Connections of nodes in a cluster of their own, closed after each test. */
import { randomBytes } from 'node:crypto';
import type { Clock } from '@sidetone/core';
import { inject, onTestFinished } from 'vitest';
import type { ClusterSettings } from '../../../src/config/cluster.ts';
import { connectToCluster } from '../../../src/cluster/connection/connect.ts';
import type { ClusterConnection } from '../../../src/cluster/connection/connection.ts';
import { systemClock } from '../../../src/system-clock.ts';
import { createTestLog } from '../../support/silent-log.ts';

/** URL of the common server. */
export const natsUrl = inject('nats');
/** Whether there is a server; tests that need one are skipped otherwise. */
export const hasNats = natsUrl !== undefined;

/** Runs a task after the test, the last one first. Workers share this module, so hooks of files would only be those of the first. */
export const afterTest = (task: () => Promise<unknown> | void): void =>
  onTestFinished(async () => {
    await task();
  });

/** Returns a name that no other test has. */
export const newClusterName = (): string => `t${randomBytes(6).toString('hex')}`;

export function settingsOf(changes: Partial<ClusterSettings> = {}): ClusterSettings {
  return { nats: [natsUrl ?? ''], node: 'a', name: 'test', leaseSeconds: 10, drainSeconds: 60, ...changes };
}

export async function connectNode(
  changes: Partial<ClusterSettings> = {},
  clock: Pick<Clock, 'delay'> = systemClock,
): Promise<{ connection: ClusterConnection; log: ReturnType<typeof createTestLog> }> {
  const log = createTestLog();
  const connection = await connectToCluster(settingsOf(changes), { clock, log: log.log('') });
  afterTest(() => connection.close());
  return { connection, log };
}
