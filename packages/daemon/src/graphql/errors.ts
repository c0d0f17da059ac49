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
    if (isFault(original) && IS_TOLD[original.kind]) return told(original, located);
    if (located && (!original || original instanceof GraphQLError)) return located;
    const id = newId();
    log.error('a query failed by a mistake of ours', {
      id,
      path: located?.path?.join('.'),
      reason: messageOf(original),
      error: original,
    });
    return asGraphQL('Something went wrong on our side.', { code: 'INTERNAL_SERVER_ERROR', id }, located);
  };
}

function told(fault: FaultError, located: GraphQLError | undefined): GraphQLError {
  const { code, remedy, details, message } = fault;
  return asGraphQL(message, { code, remedy, ...details }, located);
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
