/** Connects a node to NATS, once. The client is loaded only here. */
import type { Clock, Logger } from '@sidetone/core';
import type { NatsConnection } from '@nats-io/transport-node';
import type { ClusterSettings } from '../../config/cluster.ts';
import { BackOff } from './back-off.ts';
import { ClusterConnection } from './connection.ts';
import { natsFailure } from './failure.ts';
import { CONNECT_TIMEOUT_MS, describeServers, optionsOf } from './options.ts';

/**
 * Tries every server once. The connection belongs to the caller, who closes it.
 * @throws {FaultError} CLUSTER_UNREACHABLE, CLUSTER_ACCESS_DENIED, CLUSTER_TLS_FAILED or CLUSTER_JETSTREAM_MISSING
 */
export async function connectToCluster(
  settings: ClusterSettings,
  deps: { readonly clock: Pick<Clock, 'delay'>; readonly log: Logger },
): Promise<ClusterConnection> {
  const library = await import('@nats-io/transport-node');
  const servers = describeServers(settings);
  const backOff = new BackOff();
  let client: NatsConnection | undefined;
  try {
    client = await library.connect(optionsOf(settings, library, () => backOff.delayMs));
    await checkJetStream(client);
  } catch (error) {
    await client?.close();
    throw natsFailure(error, servers);
  }
  return new ClusterConnection({ ...deps, client, backOff, servers });
}

async function checkJetStream(client: NatsConnection): Promise<void> {
  const { jetstreamManager } = await import('@nats-io/jetstream');
  await (await jetstreamManager(client, { timeout: CONNECT_TIMEOUT_MS })).getAccountInfo();
}
