/** What a client sees of an error: faults of its own with code and remedy, mistakes of ours as an id that is in the log. */
import { isFault, messageOf, type FaultError, type FaultKind, type Logger } from '@sidetone/core';
import { GraphQLError } from 'graphql';

/** Whether a client is told what a fault of this kind says. The others are ours to know. */
const IS_TOLD = {
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

/** @param newId makes the id that links the client's error to the line in the log. */
export function createMask(log: Logger, newId: () => string): MaskError {
  return (error) => {
    const located = error instanceof GraphQLError ? error : undefined;
    const original = located ? located.originalError : error;
    const fault = causeOf(error);
    if (isFault(fault) && IS_TOLD[fault.kind]) return told(fault, located);
    if (located && (!original || original instanceof GraphQLError)) return located;
    const id = newId();
    log.error('a query failed by a mistake of ours', {
      id,
      path: located?.path?.join('.'),
      reason: messageOf(original),
      error: original,
    });
    // Where there is no answer around it, the request as a whole has failed.
    const http = located?.path ? undefined : { status: 500 };
    const extensions = { code: 'INTERNAL_SERVER_ERROR', id, ...(http && { http }) };
    return asGraphQL('Something went wrong on our side.', extensions, located);
  };
}

/** What is at the bottom of an error: the executor wraps what a scalar refuses, more than once. */
function causeOf(error: unknown): unknown {
  let cause = error;
  while (cause instanceof GraphQLError && cause.originalError) cause = cause.originalError;
  return cause;
}

/** A fault as a client is told it: with what the executor knows of its place, and of the answer's status. */
export function told(fault: FaultError, located?: GraphQLError): GraphQLError {
  const { code, remedy, details, message } = fault;
  const http = located?.extensions['http'];
  const extensions = { code, remedy, ...details, ...(http !== undefined && { http }) };
  return asGraphQL(located?.message ?? message, extensions, located);
}

function asGraphQL(
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
