/** The error catalogue: the code of each error, its kind and its remedy. A test compares `docs/reference/errors.md` with it. */
import { CLUSTER_FAULTS } from './faults/cluster.ts';
import type { FaultKind } from './faults/entry.ts';
import { LIMIT_FAULTS } from './faults/limits.ts';
import { OPERATION_FAULTS } from './faults/operation.ts';
import { PROVIDER_FAULTS } from './faults/providers.ts';
import { REQUEST_FAULTS } from './faults/requests.ts';

export type { FaultKind } from './faults/entry.ts';

/** Every code. */
export const FAULTS = {
  ...REQUEST_FAULTS,
  ...PROVIDER_FAULTS,
  ...OPERATION_FAULTS,
  ...CLUSTER_FAULTS,
  ...LIMIT_FAULTS,
};

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
