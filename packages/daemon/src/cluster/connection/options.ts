/** The options of the connection to NATS, as its client takes them. */
import type { ConnectionOptions, credsAuthenticator } from '@nats-io/transport-node';
import type { ClusterSettings } from '../../config/cluster.ts';
import { subjectsOf } from '../subjects.ts';

/** How long connecting to a server may take, ms. */
export const CONNECT_TIMEOUT_MS = 5000;
/** How often a connection is tested in the time of a lease. After two tests without an answer, it counts as lost. */
const PINGS_PER_LEASE = 6;
const MAX_UNANSWERED_PINGS = 2;

interface Client {
  readonly credsAuthenticator: typeof credsAuthenticator;
}

/** @param reconnectDelayMs returns how long to wait before a server is tried again */
export function optionsOf(
  settings: ClusterSettings,
  client: Client,
  reconnectDelayMs: () => number,
): ConnectionOptions {
  const { nats, name, node, credentials, token, user, password, tls, leaseSeconds } = settings;
  const needsTls = tls !== undefined || nats.some((url) => url.startsWith('tls:'));
  return {
    servers: [...nats],
    name: `sidetone ${name}/${node}`,
    // Below the subjects of the cluster, so that permissions can be limited to them.
    inboxPrefix: subjectsOf(name).inbox,
    timeout: CONNECT_TIMEOUT_MS,
    maxReconnectAttempts: -1,
    reconnectDelayHandler: reconnectDelayMs,
    // A password may be changed on the servers first.
    ignoreAuthErrorAbort: true,
    pingInterval: Math.round((leaseSeconds * 1000) / PINGS_PER_LEASE),
    maxPingOut: MAX_UNANSWERED_PINGS,
    noAsyncTraces: true,
    ...(credentials !== undefined && {
      authenticator: client.credsAuthenticator(new TextEncoder().encode(credentials)),
    }),
    ...(token !== undefined && { token }),
    ...(user !== undefined && { user, pass: password ?? '' }),
    ...(needsTls && { tls: definedOf(tls ?? {}) }),
  };
}

function definedOf(tls: NonNullable<ClusterSettings['tls']>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(tls).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
}

/** Returns the servers without their protocol, for messages. */
export const describeServers = ({ nats }: Pick<ClusterSettings, 'nats'>): string =>
  nats.map((url) => new URL(url).host).join(', ');
