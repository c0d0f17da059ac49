/** Expected failures of commands: values with a code, made of what was found or thrown. Pure. */
import {
  FaultError,
  FAULTS,
  isFailureCode,
  isFault,
  messageOf,
  type CommandId,
  type Failure,
  type FailureCode,
  type ProviderId,
} from '@sidetone/core';
import type { ProviderView } from '../plugins/ports.ts';

export function failureOf(code: FailureCode, message: string): Failure {
  return { code, message, retryable: FAULTS[code].retryable };
}

/** What a plugin threw, as a failure. An argument that it found wrong is refused, and named. */
export function failureFrom(error: unknown): Failure {
  if (!isFault(error)) return failureOf('PROVIDER_REFUSED', messageOf(error));
  const { argument } = error.details;
  const isMistake = error.code === 'INPUT_INVALID' && typeof argument === 'string';
  return {
    ...failureOf(isFailureCode(error.code) ? error.code : 'PROVIDER_REFUSED', messageOf(error)),
    ...(isMistake && { argument }),
  };
}

/** @throws {FaultError} INPUT_INVALID when the failure is a wrong argument: that is for whoever gave it to correct. */
export function throwMistake({ argument, message }: Failure, commandId?: CommandId): void {
  if (argument === undefined) return;
  const details = { argument, ...(commandId !== undefined && { commandId }) };
  throw new FaultError('INPUT_INVALID', message, { details });
}

export const isUsable = ({ state }: ProviderView): boolean => state === 'RUNNING' || state === 'DEGRADED';

export function notRunning(id: ProviderId, provider: ProviderView | undefined): Failure {
  const reason = provider?.stateMessage ?? (provider ? 'it is starting or stopping' : 'it is not configured');
  return failureOf('PROVIDER_NOT_RUNNING', `the provider ${id} is not running: ${reason}`);
}
