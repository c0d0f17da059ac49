/** Errors between the nodes of a cluster. */
import type { CatalogueEntry } from './entry.ts';

export const CLUSTER_FAULTS = {
  CLUSTER_UNREACHABLE: {
    kind: 'state',
    retryable: true,
    remedy:
      'Start NATS, and check `cluster.nats`, the network and the firewall. A node continues with its own calls, and connects again by itself.',
  },
  CLUSTER_ACCESS_DENIED: {
    kind: 'config',
    retryable: false,
    remedy:
      'Correct `cluster.credentials`, `cluster.token`, or `cluster.user` and `cluster.password`, and grant the user the permissions that docs/reference/cluster.md lists.',
  },
  CLUSTER_TLS_FAILED: {
    kind: 'config',
    retryable: false,
    remedy:
      'Configure the certificate authority of NATS with `cluster.tls.ca`, and use the host name of its certificate; or enable TLS in the servers.',
  },
  CLUSTER_JETSTREAM_MISSING: {
    kind: 'config',
    retryable: false,
    remedy:
      'Enable JetStream in the servers of NATS (`jetstream { store_dir: … }`), and for the account of the daemon.',
  },
  CLUSTER_NODE_NAME_TAKEN: {
    kind: 'config',
    retryable: false,
    remedy: 'Give each daemon another `cluster.node`, or stop the other daemon that has this name.',
  },
  CLUSTER_NODE_UNAVAILABLE: {
    kind: 'state',
    retryable: true,
    remedy:
      'Retry: nothing was executed. The other node is stopped or not reachable, and its calls are taken over.',
  },
  CLUSTER_NODE_BUSY: {
    kind: 'capacity',
    retryable: true,
    remedy: 'Retry later: nothing was executed. If the error persists, check the load of the other node.',
  },
  CLUSTER_REQUEST_EXPIRED: {
    kind: 'state',
    retryable: true,
    remedy: 'Retry: the request arrived too late at the other node, and nothing was executed.',
  },
  CLUSTER_OUTCOME_UNKNOWN: {
    kind: 'state',
    retryable: false,
    remedy: 'Check the call before repeating the request: the other node may have executed it.',
  },
  CLUSTER_MESSAGE_TOO_LARGE: {
    kind: 'capacity',
    retryable: false,
    remedy: 'Raise `max_payload` of the servers of NATS, or send less at once.',
  },
  CLUSTER_MESSAGE_UNKNOWN: {
    kind: 'state',
    retryable: true,
    remedy:
      'Complete the update: the other node runs a release that does not know this kind of message. Nothing was executed.',
  },
} as const satisfies Record<string, CatalogueEntry>;
