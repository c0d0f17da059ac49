/** The result of a command for its requester. */
import { FaultError, type Call, type Command, type Failure } from '@sidetone/core';

/** `failure` is set unless the command was accepted or confirmed. */
export interface CommandOutcome {
  readonly command?: Command;
  readonly call?: Call;
  readonly failure?: Failure;
}

/** The result of taking over a call that others set up. */
export type WatchOutcome = Pick<CommandOutcome, 'call' | 'failure'>;

/**
 * Returns the outcome of a settled command; the failure is that of the command unless another one is given. A rejected
 * argument is not a failure in the outcome but an error: the requester has to correct it. The stored command keeps it as its
 * failure.
 * @throws {FaultError} INPUT_INVALID with `argument` and, if a command was stored, `commandId`.
 */
export function outcomeOf({ command, call, failure = command?.failure }: CommandOutcome): CommandOutcome {
  if (failure?.argument !== undefined) {
    const { argument, message } = failure;
    const details = { argument, ...(command && { commandId: command.id }) };
    throw new FaultError('INPUT_INVALID', message, { details });
  }
  return { ...(command && { command }), ...(call && { call }), ...(failure && { failure }) };
}
