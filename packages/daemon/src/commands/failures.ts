/** Expected failures of commands: values with a code. Pure. */
import {
  FAULTS,
  isFailureCode,
  isFault,
  messageOf,
  type Failure,
  type FailureCode,
  type ProviderId,
} from '@sidetone/core';
import type { ProviderView } from '../plugins/ports.ts';
import type { Answer } from './command-step.ts';

export function failureOf(code: FailureCode, message: string): Failure {
  return { code, message, retryable: FAULTS[code].retryable };
}

/** Runs a request to a plugin and returns what it amounts to. Never rejects. `now` returns the time of the answer, epoch ms. */
export async function answerOf(request: () => Promise<void>, now: () => number): Promise<Answer> {
  try {
    await request();
    return { type: 'ACCEPTED', at: now() };
  } catch (error) {
    const failure = failureFrom(error);
    return { type: failure.code === 'PROVIDER_TIMEOUT' ? 'UNKNOWN' : 'REFUSED', failure, at: now() };
  }
}

/** Returns what a plugin threw as a failure, with the argument if the plugin rejected one. */
function failureFrom(error: unknown): Failure {
  if (!isFault(error)) return failureOf('PROVIDER_REFUSED', messageOf(error));
  // The provider has accepted the command; only our record of the call failed, so the outcome is unknown.
  if (error.kind === 'store' || error.code === 'NOT_OWNER' || error.code.startsWith('CLUSTER_'))
    return failureOf('PROVIDER_TIMEOUT', `the call cannot be stored: ${error.message}`);
  const { argument } = error.details;
  const isArgument = error.code === 'INPUT_INVALID' && typeof argument === 'string';
  return {
    ...failureOf(isFailureCode(error.code) ? error.code : 'PROVIDER_REFUSED', messageOf(error)),
    ...(isArgument && { argument }),
  };
}

export function notRunning(id: ProviderId, provider: ProviderView | undefined): Failure {
  const reason = provider?.stateMessage ?? (provider ? 'it is starting or stopping' : 'it is not configured');
  return failureOf('PROVIDER_NOT_RUNNING', `the provider ${id} is not running: ${reason}`);
}
