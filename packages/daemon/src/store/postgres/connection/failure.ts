/**
 * Tells failures of PostgreSQL (network, server, permissions) from errors that the data of a statement causes, in one table by
 * SQLSTATE and by the codes of Node.js. No message contains values of a statement, or a password.
 */
import { FaultError, isFault, type FaultCode } from '@sidetone/core';
import type { StoreOperation } from '../../store-failure.ts';

type Codes = readonly (readonly [pattern: RegExp, code: FaultCode])[];

/** See the appendix "PostgreSQL Error Codes" of its manual. The first match decides. */
const CODES: Codes = [
  // The server, or a standby that does not accept connections, will be there again.
  [
    /^(08...|57P0[1235]|E(CONN\w+|PIPE|HOSTUNREACH|NETUNREACH|HOSTDOWN|TIMEDOUT|AI_AGAIN|NOTFOUND|NOENT))$/,
    'STORE_UNREACHABLE',
  ],
  [/^(28...|42501)$/, 'STORE_ACCESS_DENIED'],
  [/^(3D000|3F000|42P01|42703|42883)$/, 'STORE_DATABASE_MISSING'],
  [/^25006$/, 'STORE_READ_ONLY'],
  [/^53300$/, 'STORE_CONNECTIONS_EXHAUSTED'],
  [/^53[12]00$/, 'STORE_WRITE_FAILED'],
  // Serialization failure, deadlock, lock or statement timeout, transaction ended while it was idle or by that.
  [/^(40...|55P03|57014|25P0[234])$/, 'STORE_BUSY'],
  [/^XX00[12]$/, 'STORE_DAMAGED'],
  [
    /^(ERR_(TLS|SSL|OSSL)\w*|CERT_\w+|\w*(CERT|ISSUER|SIGNATURE|CHAIN)\w*|EPROTO|NO_TLS)$/,
    'STORE_TLS_FAILED',
  ],
];

/** Data exceptions, integrity constraints, limits of the program: they depend on the values of a statement. */
const DATA_ERROR = /^(22|23|44|54)...$/;

/** Errors of the driver have no code. */
const WITHOUT_CODE: Codes = [
  [/does not support SSL/, 'STORE_TLS_FAILED'],
  [/SASL|password/i, 'STORE_ACCESS_DENIED'],
  [/timeout|terminat|closed|not queryable|connection error/i, 'STORE_UNREACHABLE'],
];

/** An error of the server, or of Node.js. */
interface Cause {
  readonly code: string | undefined;
  readonly message: string;
  readonly constraint: string | undefined;
}

/** Returns an error as a fault of kind store; undefined if the data of the statement caused it. */
export function postgresFailure(
  error: unknown,
  operation: StoreOperation,
  server: string,
): FaultError | undefined {
  if (isFault(error)) return error.kind === 'store' ? error : undefined;
  const cause = findCause(error);
  if (!cause || DATA_ERROR.test(cause.code ?? '')) return undefined;
  const code = faultCodeOf(cause) ?? (operation === 'read' ? 'STORE_READ_FAILED' : 'STORE_WRITE_FAILED');
  const reason = cause.code === undefined ? cause.message : `${cause.message} (${cause.code})`;
  return new FaultError(code, `database ${operation} at ${server} failed: ${reason}`, { cause: error });
}

/** Returns an error that the data of a statement caused, without the data: the server and the query builder repeat it. */
export function withoutData(error: unknown): unknown {
  const cause = findCause(error);
  if (!cause || !DATA_ERROR.test(cause.code ?? '')) return error;
  const constraint = cause.constraint === undefined ? '' : `: constraint ${cause.constraint}`;
  return new DataError(
    cause.code ?? '',
    `the database rejected the data (${cause.code})${constraint}`,
    cause.constraint,
  );
}

/** The database rejected the values of a statement. */
export class DataError extends Error {
  override readonly name = 'DataError';
  /** SQLSTATE. */
  readonly code: string;
  readonly constraint: string | undefined;

  constructor(code: string, message: string, constraint: string | undefined) {
    super(message);
    this.code = code;
    this.constraint = constraint;
  }

  /** Whether a row with the same key exists. */
  get isDuplicate(): boolean {
    return this.code === '23505';
  }
}

/** Whether it is not known if the statement was executed: the server received it, and its answer did not arrive. */
export const isOutcomeUnknown = (error: unknown): boolean =>
  isFault(error) && error.code === 'STORE_UNREACHABLE';

/** Whether the server answered; a connection on which it did not is of no use. */
export const isAnswer = (error: unknown): boolean => error instanceof Error && 'severity' in error;

function faultCodeOf({ code, message }: Cause): FaultCode | undefined {
  const [codes, text] = code === undefined ? ([WITHOUT_CODE, message] as const) : ([CODES, code] as const);
  return codes.find(([pattern]) => pattern.test(text))?.[1];
}

/** The query builder wraps errors of the driver, and Node.js those of several addresses of one name. */
function findCause(error: unknown): Cause | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error instanceof AggregateError && error.errors.length > 0) return findCause(error.errors[0]);
  if (error.cause instanceof Error && error.name === 'DrizzleQueryError') return findCause(error.cause);
  const { code, constraint } = error as { code?: unknown; constraint?: unknown };
  return {
    code: typeof code === 'string' ? code : undefined,
    message: error.message,
    constraint: typeof constraint === 'string' ? constraint : undefined,
  };
}
