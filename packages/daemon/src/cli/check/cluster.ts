/** Checks the servers of NATS, and whether the leases of nodes can be read there. Other nodes do not notice it. */
import { isFault, type Logger } from '@sidetone/core';
import type { ClusterSettings } from '../../config/cluster.ts';
import { systemClock as clock } from '../../system-clock.ts';
import { failureOf, type CheckResult } from './result.ts';

const ignore = (): void => undefined;
/** Failures are results of the check. */
const SILENT: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore };

/** Nothing without a cluster. */
export async function checkCluster(settings: ClusterSettings | undefined): Promise<readonly CheckResult[]> {
  if (!settings) return [];
  const check = 'cluster';
  const { connectToCluster } = await import('../../cluster/connection/connect.ts');
  try {
    const connection = await connectToCluster(settings, { clock, log: SILENT });
    const { server, version } = connection.server;
    await connection.close();
    const message = `node ${settings.node} of ${settings.name}, NATS ${version} at ${server}, with JetStream`;
    return [{ check, state: 'OK', message }];
  } catch (error) {
    if (!isFault(error)) throw error;
    return [failureOf(check, error, error.remedy)];
  }
}
