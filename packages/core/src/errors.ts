/** The error catalogue: the code of each error, its kind and its remedy. A test compares `docs/reference/errors.md` with it. */

/**
 * The cause of an error: invalid input of the client (input), the current state of a call or provider (state), the response
 * of a provider (provider), an invalid message of a provider (wire), a plugin (plugin), the configuration (config), the
 * database (store), a limit (capacity), or a bug (defect).
 */
export type FaultKind =
  'input' | 'state' | 'provider' | 'wire' | 'plugin' | 'config' | 'store' | 'capacity' | 'defect';

interface CatalogueEntry {
  readonly kind: FaultKind;
  /** Whether the same request may succeed later. */
  readonly retryable: boolean;
  /** What to do about it: full sentences, shown to the client or operator. */
  readonly remedy: string;
}

export const FAULTS = {
  INPUT_INVALID: { kind: 'input', retryable: false, remedy: 'Correct the argument that the message names.' },
  CURSOR_INVALID: {
    kind: 'input',
    retryable: false,
    remedy: 'Get a new cursor from `latestCursor` or from a list of this daemon, and start from there.',
  },
  CURSOR_LOG_REPLACED: {
    kind: 'input',
    retryable: false,
    remedy:
      'Read `latestCursor`, then a snapshot with `calls` or `liveCalls`, replace what was kept from events, and continue from that cursor.',
  },
  REQUEST_FORBIDDEN: {
    kind: 'input',
    retryable: false,
    remedy:
      'Send the request from a page of this daemon, from a loopback address, without an Origin header, or from an origin in `server.cors.origins`. Requests through a proxy need `auth.tokens`.',
  },
  AUTH_REQUIRED: {
    kind: 'input',
    retryable: false,
    remedy:
      'Send an access token of this daemon: `Authorization: Bearer <token>`, or `authorization` with the same value in the payload of `connection_init`.',
  },
  UPGRADE_REQUIRED: {
    kind: 'input',
    retryable: false,
    remedy:
      'Open a WebSocket. If the client did, configure the proxy in front of the daemon to use HTTP/1.1 and to forward the headers `Upgrade` and `Connection`; see docs/guide/reverse-proxy.md.',
  },
  FORBIDDEN: {
    kind: 'input',
    retryable: false,
    remedy: 'Use an access token with the scope that the message names.',
  },
  MEDIA_LINK_INVALID: {
    kind: 'input',
    retryable: false,
    remedy:
      'Use the signed URL unchanged, or request a new one. It is valid for one call, with the access token that made it.',
  },
  MEDIA_LINK_EXPIRED: {
    kind: 'input',
    retryable: false,
    remedy: 'Request a new signed URL: `Recording.signedUrl` or `Call.signedListenUrl`.',
  },
  INTROSPECTION_DISABLED: {
    kind: 'input',
    retryable: false,
    remedy: 'Read the schema in the documentation of this release, or set `limits.introspection` to true.',
  },
  CALL_NOT_FOUND: {
    kind: 'state',
    retryable: false,
    remedy: 'Check the call id; the call may have been erased.',
  },
  CALL_NOT_LIVE: { kind: 'state', retryable: false, remedy: 'Do not retry: the call has ended.' },
  CALL_STILL_LIVE: {
    kind: 'state',
    retryable: true,
    remedy: 'End the call first, then erase it.',
  },
  CALL_HELD: {
    kind: 'state',
    retryable: false,
    remedy:
      'Release the legal hold with `releaseHold` if the data need not be kept any longer, then erase the call.',
  },
  CAPTURE_PAUSED: {
    kind: 'state',
    retryable: false,
    remedy:
      'Do not send text of the pause. Send the offsets of text that was spoken at another time, or end the pause with `resumeCapture`.',
  },
  CAPABILITY_MISSING: {
    kind: 'state',
    retryable: false,
    remedy: 'Use only what `Call.capabilities` lists at this moment.',
  },
  TOKEN_NOT_FOUND: {
    kind: 'state',
    retryable: false,
    remedy: 'Check the name; `tokens` lists all access tokens and their states.',
  },
  TOKEN_CONFIGURED: {
    kind: 'state',
    retryable: false,
    remedy:
      'Remove the token from `auth.tokens` in the configuration file, and send SIGHUP to the daemon, or restart it.',
  },
  PROVIDER_NOT_RUNNING: {
    kind: 'state',
    retryable: true,
    remedy: 'Check `Provider.stateMessage`, and retry when the state is RUNNING.',
  },
  IDEMPOTENCY_CONFLICT: {
    kind: 'state',
    retryable: false,
    remedy: 'Use a new idempotency key for a command with different arguments.',
  },
  DAEMON_DRAINING: { kind: 'state', retryable: true, remedy: 'Retry after the daemon has restarted.' },
  PROVIDER_REFUSED: {
    kind: 'provider',
    retryable: false,
    remedy: "Read the provider's reason in the message; the same command will be rejected again.",
  },
  PROVIDER_UNREACHABLE: {
    kind: 'provider',
    retryable: true,
    remedy: 'Check the network and the configured base URL; the command was not carried out.',
  },
  PROVIDER_TIMEOUT: {
    kind: 'provider',
    retryable: false,
    remedy: 'Check the call before repeating the command: the provider may have carried it out.',
  },
  PROVIDER_RATE_LIMITED: { kind: 'provider', retryable: true, remedy: 'Wait a few seconds, then retry.' },
  PROVIDER_ID_INVALID: {
    kind: 'provider',
    retryable: false,
    remedy: 'Check where the id comes from: the provider has no such id. No request was sent.',
  },
  WIRE_MALFORMED: {
    kind: 'wire',
    retryable: false,
    remedy: 'Check that only the provider sends requests to this URL, in its documented format.',
  },
  WIRE_TOO_LARGE: {
    kind: 'wire',
    retryable: false,
    remedy: 'Send a smaller message, or raise the limit that the message names.',
  },
  WIRE_TOO_SLOW: {
    kind: 'wire',
    retryable: true,
    remedy: 'Send the body without pauses, over a faster connection.',
  },
  WEBHOOK_UNAUTHENTICATED: {
    kind: 'wire',
    retryable: false,
    remedy: "Use the same webhook secret in the configuration and in the provider's settings.",
  },
  WEBHOOK_PATH_UNKNOWN: {
    kind: 'wire',
    retryable: false,
    remedy: "Enter the URLs of `Provider.webhookUrls` in the provider's settings, with their method.",
  },
  STREAM_TOKEN_UNKNOWN: {
    kind: 'wire',
    retryable: false,
    remedy: 'Use the stream URL from the answer to this call; it is valid for one call and a short time.',
  },
  PLUGIN_NOT_FOUND: {
    kind: 'plugin',
    retryable: false,
    remedy:
      'Install the package in one of the folders that the message names, or correct the package name or path in `plugin`.',
  },
  PLUGIN_LOAD_FAILED: {
    kind: 'plugin',
    retryable: false,
    remedy: 'Read the message of the exception that the module threw while it was loaded.',
  },
  PLUGIN_INVALID: {
    kind: 'plugin',
    retryable: false,
    remedy:
      'Export an object made by `defineProvider` or `defineTranscriber` as the default export of the module.',
  },
  PLUGIN_CONTRACT_UNSUPPORTED: {
    kind: 'plugin',
    retryable: false,
    remedy: 'Install a release of the plugin for the contract version of this daemon.',
  },
  PLUGIN_START_FAILED: {
    kind: 'plugin',
    retryable: true,
    remedy: 'Read the reason in the message; most often, a credential or URL in the options is wrong.',
  },
  PLUGIN_START_TIMEOUT: {
    kind: 'plugin',
    retryable: true,
    remedy: 'Check whether the provider is reachable from this machine.',
  },
  PLUGIN_STOP_TIMEOUT: {
    kind: 'plugin',
    retryable: false,
    remedy: 'Report it to the author of the plugin; anything that the old instance still does is ignored.',
  },
  PLUGIN_EVENT_INVALID: {
    kind: 'plugin',
    retryable: false,
    remedy:
      'Report it to the author of the plugin; the event was dropped, and other events are not affected.',
  },
  PLUGIN_EVENT_FLOOD: {
    kind: 'plugin',
    retryable: false,
    remedy:
      'Raise the limit that the message names, `limits.eventsPerSecond` or `limits.liveCalls`, or find out why the provider sends so much. Requests with events above the limit are answered with 429; ends of live calls are always accepted.',
  },
  PLUGIN_EXCEPTION: {
    kind: 'plugin',
    retryable: true,
    remedy:
      'Report it to the author of the plugin; a plugin that throws often is restarted a limited number of times.',
  },
  PLUGIN_REQUEST_FAILED: {
    kind: 'plugin',
    retryable: true,
    remedy:
      'Report it to the author of the plugin with the stack trace in the log; only this request is affected.',
  },
  CONFIG_UNREADABLE: {
    kind: 'config',
    retryable: false,
    remedy: 'Pass an existing, readable YAML file with `--config`.',
  },
  CONFIG_INVALID: {
    kind: 'config',
    retryable: false,
    remedy: 'Correct the keys that the message names.',
  },
  CONFIG_SECRET_UNREADABLE: {
    kind: 'config',
    retryable: false,
    remedy:
      'Create the file that the message names, and make it readable for the user of the daemon, or correct its path.',
  },
  CONFIG_VARIABLE_MISSING: {
    kind: 'config',
    retryable: false,
    remedy:
      'Set the environment variables that the message names, or set `<name>_FILE` to files with their values, or remove them from the configuration.',
  },
  CONFIG_UNVERIFIED: {
    kind: 'config',
    retryable: false,
    remedy:
      'Configure the verification that the message names, or set its `unverified` to true if another system verifies every sender.',
  },
  PLUGINS_UNUSABLE: {
    kind: 'config',
    retryable: false,
    remedy:
      'Correct `plugin` of the providers that the message names, or install their packages in one of the folders that it names.',
  },
  NODE_UNSUPPORTED: {
    kind: 'config',
    retryable: false,
    remedy: 'Install a supported release of Node.js, or correct the path by which `node` is found.',
  },
  NATIVE_MODULE_UNUSABLE: {
    kind: 'config',
    retryable: false,
    remedy:
      'Run `npm rebuild` in the folder of the installation, with the release of Node.js that runs the daemon.',
  },
  PORT_IN_USE: {
    kind: 'config',
    retryable: false,
    remedy:
      'Stop the other program, which may be another daemon, or choose another port with `--port` or `server.port`.',
  },
  PORT_FORBIDDEN: {
    kind: 'config',
    retryable: false,
    remedy:
      'Choose a port from 1024 on with `--port` or `server.port`, with a proxy in front of it; or give the process the capability CAP_NET_BIND_SERVICE.',
  },
  RECORDINGS_UNWRITABLE: {
    kind: 'config',
    retryable: false,
    remedy:
      'Set `recording.path` to a folder, existing or new, that this user can write to, or make the folder writable for it.',
  },
  DAEMON_UNREACHABLE: {
    kind: 'state',
    retryable: true,
    remedy: 'Start the daemon, or pass its address with `--url`.',
  },
  STORE_UNREADABLE: {
    kind: 'store',
    retryable: false,
    remedy:
      'Run the daemon as the user to whom the files belong, or change their owner with `chown`; or set `storage.path` to a file, existing or new, in a folder that this user can write to, on a disk that is not read-only and has free space.',
  },
  STORE_NOT_A_DATABASE: {
    kind: 'store',
    retryable: false,
    remedy: 'Set `storage.path` to a Sidetone database, or to a path where no file exists.',
  },
  STORE_SCHEMA_NEWER: {
    kind: 'store',
    retryable: false,
    remedy: 'Run the newer release of Sidetone that wrote this database, or use another `storage.path`.',
  },
  STORE_IN_USE: {
    kind: 'store',
    retryable: true,
    remedy:
      'Stop the other daemon that has this database open, also under another name or on another machine, or use another `storage.path`.',
  },
  STORE_WRITE_FAILED: {
    kind: 'store',
    retryable: true,
    remedy:
      'Free disk space or repair the disk; events are kept in memory and written when writes succeed again.',
  },
  STORE_READ_FAILED: {
    kind: 'store',
    retryable: true,
    remedy: 'Check the disk and the permissions of the database files.',
  },
  STORE_BUSY: {
    kind: 'store',
    retryable: true,
    remedy:
      'End the other program that holds the write lock of the database: a shell, a backup or a copy tool. Writes are retried.',
  },
  STORE_FILE_MISSING: {
    kind: 'store',
    retryable: false,
    remedy:
      'Copy the deleted file from `/proc/<pid>/fd` if it is needed, restart the daemon, and let no other program delete or replace the database files.',
  },
  STORE_DAMAGED: {
    kind: 'store',
    retryable: false,
    remedy:
      'Stop the daemon, keep a copy of the database files, check the disk, and restore a backup or rebuild the file with the `.recover` command of the `sqlite3` shell.',
  },
  BACKUP_FAILED: {
    kind: 'store',
    retryable: true,
    remedy: 'Free disk space or name another folder, and run the same command again; no file was left.',
  },
  BACKUP_INVALID: {
    kind: 'store',
    retryable: false,
    remedy: 'Use another backup: this one is incomplete, or was changed after it was made.',
  },
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
  HISTORY_UNAVAILABLE: {
    kind: 'capacity',
    retryable: true,
    remedy: 'Retry: the reader thread restarts automatically. If the error persists, check the log.',
  },
  UNCAUGHT_EXCEPTION: {
    kind: 'defect',
    retryable: false,
    remedy:
      'Read the stack trace in the log to find the module, most often a plugin, and report it to its author.',
  },
  INTERNAL: { kind: 'defect', retryable: false, remedy: 'Report it with the id from the log.' },
} as const satisfies Record<string, CatalogueEntry>;

export type FaultCode = keyof typeof FAULTS;

/** The codes of failed commands. In GraphQL, a failed command is data, not an error. */
export const FAILURE_CODES = [
  'CALL_NOT_FOUND',
  'CALL_NOT_LIVE',
  'CAPABILITY_MISSING',
  'PROVIDER_REFUSED',
  'PROVIDER_UNREACHABLE',
  'PROVIDER_TIMEOUT',
  'PROVIDER_RATE_LIMITED',
  'PROVIDER_NOT_RUNNING',
  'IDEMPOTENCY_CONFLICT',
  'DAEMON_DRAINING',
] as const satisfies readonly FaultCode[];
export type FailureCode = (typeof FAILURE_CODES)[number];

const brand: unique symbol = Symbol.for('sidetone.fault') as never;

/** Details of a fault. They are sent to the client or provider, so they must not contain secrets or personal data. */
export type FaultDetails = Readonly<Record<string, string | number | boolean>>;

/**
 * An error of the catalogue. `message` and `details` are sent to the client or provider; `cause` is only logged. Test for it
 * with {@link isFault} instead of `instanceof`, because a plugin may have its own copy of this package.
 */
export class FaultError extends Error {
  override readonly name = 'FaultError';
  readonly code: FaultCode;
  readonly details: FaultDetails;

  constructor(code: FaultCode, message: string, options: { cause?: unknown; details?: FaultDetails } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
    Object.defineProperty(this, brand, { value: true });
  }

  get kind(): FaultKind {
    return FAULTS[this.code].kind;
  }

  get retryable(): boolean {
    return FAULTS[this.code].retryable;
  }

  get remedy(): string {
    return FAULTS[this.code].remedy;
  }
}

/** Returns whether `error` is a {@link FaultError} of this or another copy of the package. */
export function isFault(error: unknown): error is FaultError {
  return typeof error === 'object' && error !== null && brand in error;
}

/**
 * Returns the fault with which a control rejects an argument before it sends a request. `argument` is its name in the
 * contract, `problem` what was expected. The command is stored with `Failure.argument`, and the client receives an
 * INPUT_INVALID error.
 */
export function invalidArgument(argument: string, problem: string): FaultError {
  return new FaultError('INPUT_INVALID', `${argument}: ${problem}`, { details: { argument } });
}

/** Returns whether a command can fail with this code. */
export function isFailureCode(code: FaultCode): code is FailureCode {
  return (FAILURE_CODES as readonly FaultCode[]).includes(code);
}

/** Returns the message of a thrown value, without a stack trace. */
export function messageOf(thrown: unknown): string {
  if (thrown instanceof Error && thrown.message !== '') return thrown.message;
  return typeof thrown === 'string' && thrown !== '' ? thrown : 'no reason given';
}
