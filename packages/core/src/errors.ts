/**
 * Every failure that Sidetone names: a code, whose doing it is, and what to do about it.
 * `docs/reference/errors.md` is compared with this catalogue in a test.
 */

/**
 * Whose doing a failure is: the caller's (input), the world's (state), the provider's answer (provider) or its
 * bytes (wire), a plugin's, the operator's (config), the disk's (store), a bound of ours (capacity), our mistake (defect).
 */
export type FaultKind =
  'input' | 'state' | 'provider' | 'wire' | 'plugin' | 'config' | 'store' | 'capacity' | 'defect';

interface CatalogueEntry {
  readonly kind: FaultKind;
  /** Whether the same attempt may succeed later. */
  readonly retryable: boolean;
  /** What to do about it, one sentence. */
  readonly remedy: string;
}

export const FAULTS = {
  INPUT_INVALID: { kind: 'input', retryable: false, remedy: 'Correct the argument that the message names.' },
  CURSOR_INVALID: {
    kind: 'input',
    retryable: false,
    remedy: 'Take a new cursor from `latestCursor` or from a list of this daemon, and start from there.',
  },
  REQUEST_FORBIDDEN: {
    kind: 'input',
    retryable: false,
    remedy:
      'Send the request from a page of this daemon or of a loopback address, without an Origin header, or from an origin that `server.cors.origins` lists.',
  },
  AUTH_REQUIRED: {
    kind: 'input',
    retryable: false,
    remedy:
      'Send an access token of the configuration: `Authorization: Bearer <token>`, or the same as `authorization` in the payload of `connection_init`.',
  },
  FORBIDDEN: {
    kind: 'input',
    retryable: false,
    remedy: 'Use an access token that has the scope named.',
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
  CALL_NOT_LIVE: { kind: 'state', retryable: false, remedy: 'Nothing: the call is over.' },
  CALL_STILL_LIVE: {
    kind: 'state',
    retryable: true,
    remedy: 'End the call, and erase it once it is over.',
  },
  CAPABILITY_MISSING: {
    kind: 'state',
    retryable: false,
    remedy: 'Ask only for what `Call.capabilities` lists at this moment.',
  },
  PROVIDER_NOT_RUNNING: {
    kind: 'state',
    retryable: true,
    remedy: 'Look at `Provider.stateMessage`, and try again once its state is RUNNING.',
  },
  IDEMPOTENCY_CONFLICT: {
    kind: 'state',
    retryable: false,
    remedy: 'Use a new idempotency key for a command with other arguments.',
  },
  DAEMON_DRAINING: { kind: 'state', retryable: true, remedy: 'Try again when the daemon has restarted.' },
  PROVIDER_REFUSED: {
    kind: 'provider',
    retryable: false,
    remedy: "Read the provider's reason in the message; the same command will be refused again.",
  },
  PROVIDER_UNREACHABLE: {
    kind: 'provider',
    retryable: true,
    remedy: 'Check the network and the configured base URL; the command was not carried out.',
  },
  PROVIDER_TIMEOUT: {
    kind: 'provider',
    retryable: false,
    remedy: 'Watch the call before repeating the command: the provider may have carried it out.',
  },
  PROVIDER_RATE_LIMITED: { kind: 'provider', retryable: true, remedy: 'Wait some seconds and try again.' },
  WIRE_MALFORMED: {
    kind: 'wire',
    retryable: false,
    remedy: 'Check that the provider, and nobody else, calls this address with its documented messages.',
  },
  WIRE_TOO_LARGE: {
    kind: 'wire',
    retryable: false,
    remedy: 'Send less in one message, or raise the limit named.',
  },
  WEBHOOK_UNAUTHENTICATED: {
    kind: 'wire',
    retryable: false,
    remedy: "Make the webhook secret in the configuration equal to the one in the provider's settings.",
  },
  STREAM_TOKEN_UNKNOWN: {
    kind: 'wire',
    retryable: false,
    remedy: 'Stream addresses hold for one call and a short time; take the one from the answer to this call.',
  },
  PLUGIN_NOT_FOUND: {
    kind: 'plugin',
    retryable: false,
    remedy: 'Install the package beside the configuration file, or correct `plugin` to its name or path.',
  },
  PLUGIN_LOAD_FAILED: {
    kind: 'plugin',
    retryable: false,
    remedy: 'The module was found but threw while loading; its own message says why.',
  },
  PLUGIN_INVALID: {
    kind: 'plugin',
    retryable: false,
    remedy: 'The default export of a plugin module is an object made by `defineProvider`.',
  },
  PLUGIN_CONTRACT_UNSUPPORTED: {
    kind: 'plugin',
    retryable: false,
    remedy: 'Install a release of the plugin for the contract version of this daemon.',
  },
  PLUGIN_START_FAILED: {
    kind: 'plugin',
    retryable: true,
    remedy: 'Read the reason in the message; it is most often a credential or an address in the options.',
  },
  PLUGIN_START_TIMEOUT: {
    kind: 'plugin',
    retryable: true,
    remedy: 'Check whether the provider can be reached from here.',
  },
  PLUGIN_STOP_TIMEOUT: {
    kind: 'plugin',
    retryable: false,
    remedy: 'Tell the author of the plugin; what it still does is ignored.',
  },
  PLUGIN_EVENT_INVALID: {
    kind: 'plugin',
    retryable: false,
    remedy: 'Tell the author of the plugin; the event was dropped and nothing else is harmed.',
  },
  PLUGIN_EVENT_FLOOD: {
    kind: 'plugin',
    retryable: false,
    remedy:
      'Tell the author of the plugin, or raise `limits.eventsPerSecond` if so much is going on; the ends of live calls are taken all the same.',
  },
  PLUGIN_EXCEPTION: {
    kind: 'plugin',
    retryable: true,
    remedy: 'Tell the author of the plugin; one that throws often is started anew, within a budget.',
  },
  CONFIG_UNREADABLE: {
    kind: 'config',
    retryable: false,
    remedy: 'Give an existing, readable YAML file with `--config`.',
  },
  CONFIG_INVALID: { kind: 'config', retryable: false, remedy: 'Correct the key that the message names.' },
  CONFIG_VARIABLE_MISSING: {
    kind: 'config',
    retryable: false,
    remedy: 'Set the environment variable that the message names, or take it out of the configuration.',
  },
  PORT_IN_USE: {
    kind: 'config',
    retryable: false,
    remedy: 'Choose another port with `--port` or `server.port`.',
  },
  STORE_UNREADABLE: {
    kind: 'store',
    retryable: false,
    remedy: 'Give a path in a folder that this user may write to with `storage.path`.',
  },
  STORE_NOT_A_DATABASE: {
    kind: 'store',
    retryable: false,
    remedy: 'Point `storage.path` at a Sidetone database or at a path where there is no file yet.',
  },
  STORE_SCHEMA_NEWER: {
    kind: 'store',
    retryable: false,
    remedy: 'Run the newer release of Sidetone that wrote this database, or use another `storage.path`.',
  },
  STORE_IN_USE: {
    kind: 'store',
    retryable: true,
    remedy: 'Stop the other daemon that has this database open, or use another `storage.path`.',
  },
  STORE_WRITE_FAILED: {
    kind: 'store',
    retryable: true,
    remedy:
      'Free disk space or mend the disk; events are kept in memory and written as soon as it works again.',
  },
  LIMIT_EXCEEDED: {
    kind: 'capacity',
    retryable: true,
    remedy: 'Ask for less at once, or raise the limit named.',
  },
  LIMIT_QUERY_TOKENS: {
    kind: 'capacity',
    retryable: false,
    remedy: 'Write a shorter query, or raise `limits.queryTokens`.',
  },
  LIMIT_QUERY_DEPTH: {
    kind: 'capacity',
    retryable: false,
    remedy: 'Nest fewer fields in one another, or raise `limits.queryDepth`.',
  },
  LIMIT_QUERY_ALIASES: {
    kind: 'capacity',
    retryable: false,
    remedy: 'Ask for fewer fields under another name, or raise `limits.queryAliases`.',
  },
  LIMIT_QUERY_COST: {
    kind: 'capacity',
    retryable: false,
    remedy: 'Ask for smaller pages or fewer fields of each node, or raise `limits.queryCost`.',
  },
  LIMIT_CONNECTIONS: {
    kind: 'capacity',
    retryable: true,
    remedy: 'Close WebSockets that are no longer needed, or raise `limits.connections`.',
  },
  LIMIT_SUBSCRIPTIONS: {
    kind: 'capacity',
    retryable: true,
    remedy: 'Complete subscriptions that are no longer needed, or raise `limits.subscriptionsPerClient`.',
  },
  HISTORY_TIMEOUT: {
    kind: 'capacity',
    retryable: true,
    remedy: 'Narrow the filter, ask for a shorter time or a smaller page, or try again later.',
  },
  HISTORY_UNAVAILABLE: {
    kind: 'capacity',
    retryable: true,
    remedy: 'Try again: the reader of history begins anew by itself. If it goes on, look at the log.',
  },
  UNCAUGHT_EXCEPTION: {
    kind: 'defect',
    retryable: false,
    remedy: 'Look at the stack in the log: it names the module, most often a plugin. Tell its author.',
  },
  INTERNAL: { kind: 'defect', retryable: false, remedy: 'Please report it with the id from the log.' },
} as const satisfies Record<string, CatalogueEntry>;

export type FaultCode = keyof typeof FAULTS;

/** The failures that a command can have as its outcome: data in GraphQL, not errors. */
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

/** Details of a fault that are safe to show to whoever caused it. */
export type FaultDetails = Readonly<Record<string, string | number | boolean>>;

/**
 * The one error class. `message` says what happened in words for the one who reads it; `cause` is for the log only.
 * Recognise it with {@link isFault}, not with `instanceof`: a plugin may carry its own copy of this package.
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

/** Whether `error` is a fault of this catalogue, made by this copy of the package or another. */
export function isFault(error: unknown): error is FaultError {
  return typeof error === 'object' && error !== null && brand in error;
}

/** The fault of an argument: which one, and what was expected of it. */
export function invalidArgument(argument: string, problem: string): FaultError {
  return new FaultError('INPUT_INVALID', `${argument}: ${problem}`, { details: { argument } });
}

/** Whether a fault's code is one that a command may fail with. */
export function isFailureCode(code: FaultCode): code is FailureCode {
  return (FAILURE_CODES as readonly FaultCode[]).includes(code);
}

/** The text of anything thrown, for a message: never a stack, never a type name alone. */
export function messageOf(thrown: unknown): string {
  if (thrown instanceof Error && thrown.message !== '') return thrown.message;
  return typeof thrown === 'string' && thrown !== '' ? thrown : 'no reason was given';
}
