/** Converts errors for clients: expected faults with code and remedy, all others masked, with an id that is in the log. */
import {
  FAULTS,
  isFault,
  messageOf,
  type FaultCode,
  type FaultError,
  type FaultKind,
  type Logger,
} from '@sidetone/core';
import { GraphQLError } from 'graphql';
import type { CountsBy } from '../../metrics/counts.ts';

/** Whether clients see the faults of a kind. The others are internal. */
const IS_PUBLIC = {
  input: true,
  state: true,
  capacity: true,
  provider: true,
  store: false,
  wire: false,
  plugin: false,
  config: false,
  defect: false,
} as const satisfies Record<FaultKind, boolean>;

export type MaskError = (error: unknown) => Error;

/** The errors of operations, by code. */
export type ErrorCounts = CountsBy<[code: FaultCode | 'GRAPHQL_INVALID']>;

/** Counts an error of an operation: invalid documents and arguments of the wrong type together. */
function count(counts: ErrorCounts, fault: unknown, located: GraphQLError | undefined): void {
  const reported = located?.extensions['code'];
  if (isFault(fault)) counts.add(1, fault.code);
  else if (typeof reported === 'string' && Object.hasOwn(FAULTS, reported))
    counts.add(1, reported as FaultCode);
  else counts.add(1, located && !located.originalError ? 'GRAPHQL_INVALID' : 'INTERNAL');
}

/** @param newId creates the id that is part of the client's error and of the log entry. */
export function createMask(log: Logger, newId: () => string, counts?: ErrorCounts): MaskError {
  return (error) => {
    const located = error instanceof GraphQLError ? error : undefined;
    const original = located ? located.originalError : error;
    const fault = rootCauseOf(error);
    if (counts) count(counts, fault, located);
    if (isFault(fault) && IS_PUBLIC[fault.kind]) return asGraphqlError(fault, located);
    if (located && (!original || original instanceof GraphQLError)) return located;
    const id = newId();
    log.error('query failed with an unexpected error', {
      id,
      path: located?.path?.join('.'),
      reason: messageOf(original),
      error: original,
    });
    // An error without a path means that the request as a whole failed.
    const http = located?.path ? undefined : { status: 500 };
    const extensions = { code: 'INTERNAL_SERVER_ERROR', id, ...(http && { http }) };
    return createError('internal server error', extensions, located);
  };
}

/** Returns the innermost error: the executor wraps errors of scalars more than once. */
function rootCauseOf(error: unknown): unknown {
  let cause = error;
  while (cause instanceof GraphQLError && cause.originalError) cause = cause.originalError;
  return cause;
}

/** Converts a fault, with the path and the HTTP status of the error that wraps it. */
export function asGraphqlError(fault: FaultError, located?: GraphQLError): GraphQLError {
  const { code, remedy, details, message } = fault;
  const http = located?.extensions['http'];
  const extensions = { code, remedy, ...details, ...(http !== undefined && { http }) };
  return createError(located?.message ?? message, extensions, located);
}

function createError(
  message: string,
  extensions: Record<string, unknown>,
  located: GraphQLError | undefined,
): GraphQLError {
  return new GraphQLError(message, {
    extensions,
    nodes: located?.nodes ?? null,
    source: located?.source ?? null,
    positions: located?.positions ?? null,
    path: located?.path ?? null,
  });
}
