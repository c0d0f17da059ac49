/** Limits that were reached, and bugs. */
import type { CatalogueEntry } from './entry.ts';

export const LIMIT_FAULTS = {
  LIMIT_EXCEEDED: {
    kind: 'capacity',
    retryable: true,
    remedy: 'Request less at once, or raise the limit that the message names.',
  },
  LIMIT_QUERY_TOKENS: {
    kind: 'capacity',
    retryable: false,
    remedy: 'Write a shorter query, or raise `limits.queryTokens`.',
  },
  LIMIT_QUERY_DEPTH: {
    kind: 'capacity',
    retryable: false,
    remedy: 'Nest fewer fields, or raise `limits.queryDepth`.',
  },
  LIMIT_QUERY_ALIASES: {
    kind: 'capacity',
    retryable: false,
    remedy: 'Use fewer aliases, or raise `limits.queryAliases`.',
  },
  LIMIT_QUERY_COST: {
    kind: 'capacity',
    retryable: false,
    remedy: 'Request smaller pages or fewer fields of each node, or raise `limits.queryCost`.',
  },
  LIMIT_BODY_BYTES: {
    kind: 'capacity',
    retryable: true,
    remedy: 'Retry after the time in the header Retry-After, or raise `limits.bodyBytesInFlight`.',
  },
  LIMIT_RESPONSE_BYTES: {
    kind: 'capacity',
    retryable: false,
    remedy: 'Request smaller pages or fewer texts, or raise `limits.responseBytes`.',
  },
  LIMIT_UNSENT_BYTES: {
    kind: 'capacity',
    retryable: true,
    remedy: 'Read responses as fast as they arrive, or raise the limit that the log line names.',
  },
  LIMIT_SIGN_INS: {
    kind: 'capacity',
    retryable: true,
    remedy:
      'Correct the access token or the secret; a valid one is accepted at once. Behind a proxy, set `server.trustedProxies`, or raise `limits.failedSignInsPerSecond`.',
  },
  LIMIT_TOKENS: {
    kind: 'capacity',
    retryable: false,
    remedy: 'Revoke access tokens that are not used any longer.',
  },
  LIMIT_CONNECTIONS: {
    kind: 'capacity',
    retryable: true,
    remedy:
      'Close connections that are no longer needed, or raise `limits.connections` (WebSockets of a client), `limits.pendingSockets` (those without a `connection_init`) or `server.maxConnections` and `server.maxConnectionsPerAddress`.',
  },
  LIMIT_SUBSCRIPTIONS: {
    kind: 'capacity',
    retryable: true,
    remedy: 'Complete subscriptions that are no longer needed, or raise `limits.subscriptionsPerClient`.',
  },
  LIMIT_SUBSCRIPTION_COST: {
    kind: 'capacity',
    retryable: true,
    remedy:
      'Select fewer fields or smaller pages in subscriptions, use fewer of them, or raise `limits.subscriptionCostPerSecond`. Resume from the last cursor.',
  },
  HISTORY_TIMEOUT: {
    kind: 'capacity',
    retryable: true,
    remedy: 'Narrow the filter, request a shorter period or a smaller page, or retry later.',
  },
  HISTORY_TOO_BROAD: {
    kind: 'capacity',
    retryable: false,
    remedy:
      'Narrow the period with `createdAfter` and `createdBefore`, or add a condition that fewer calls meet, such as a number or a tag.',
  },
  ENCODER_FAILED: {
    kind: 'capacity',
    retryable: true,
    remedy: 'Retry, or download the recording as WAV. If the error persists, check the log.',
  },
  HISTORY_UNAVAILABLE: {
    kind: 'capacity',
    retryable: true,
    remedy:
      'Retry: the reader thread restarts, or the connection to the database is made again, automatically. If the error persists, check the log.',
  },
  UNCAUGHT_EXCEPTION: {
    kind: 'defect',
    retryable: false,
    remedy:
      'Read the stack trace in the log to find the module, most often a plugin, and report it to its author.',
  },
  INTERNAL: { kind: 'defect', retryable: false, remedy: 'Report it with the id from the log.' },
} as const satisfies Record<string, CatalogueEntry>;
