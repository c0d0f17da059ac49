/** Places a call and waits until the daemon knows it, or until it is known that there is none. */
import type { Client } from 'urql';
import type { VariablesOf } from '../api/graphql.ts';
import { toApiError, toSentence } from '../api/errors.ts';
import { REMEDIES } from '../call/controls/command-labels.ts';
import { PLACE_CALL, PLACED_COMMAND } from './documents.ts';

export interface PlaceFailure {
  readonly message: string;
  readonly remedy: string;
  /** `same`: a retry with the same idempotency key is safe, because the outcome is unknown. */
  readonly retry: 'same' | 'new';
}

/** How often, and with which pauses, the command is asked for its call. */
export const CALL_ATTEMPTS = 20;
const CALL_PAUSE_MS = 500;

export async function placeCall(
  client: Pick<Client, 'mutation' | 'query'>,
  input: VariablesOf<typeof PLACE_CALL>['input'],
  pause: (ms: number) => Promise<unknown> = pauseFor,
): Promise<{ readonly callId: string } | PlaceFailure> {
  const { data, error } = await client.mutation(PLACE_CALL, { input }).toPromise();
  if (!data) {
    const { code, message, remedy = '' } = toApiError(error!);
    return { message, remedy, retry: code === 'NETWORK' ? 'same' : 'new' };
  }
  const { call, command, failure } = data.placeCall;
  if (failure) return failureOf(failure);
  if (call) return { callId: call.id };
  if (command) return awaitCall(client, command.id, pause);
  return { message: 'The daemon did not return the call.', remedy: LOOK_AT_BOARD, retry: 'same' };
}

const LOOK_AT_BOARD = 'The call may have been placed: look at the live calls before you try again.';

async function awaitCall(
  client: Pick<Client, 'query'>,
  id: string,
  pause: (ms: number) => Promise<unknown>,
): Promise<{ readonly callId: string } | PlaceFailure> {
  for (let attempt = 0; attempt < CALL_ATTEMPTS; attempt++) {
    await pause(CALL_PAUSE_MS);
    const { data } = await client
      .query(PLACED_COMMAND, { id }, { requestPolicy: 'network-only' })
      .toPromise();
    if (data?.command?.call) return { callId: data.command.call.id };
    if (data?.command?.failure) return failureOf(data.command.failure);
  }
  return {
    message: 'The provider accepted the call, but has not reported it yet.',
    remedy: LOOK_AT_BOARD,
    retry: 'same',
  };
}

const failureOf = ({
  code,
  message,
}: {
  readonly code: keyof typeof REMEDIES;
  readonly message: string;
}): PlaceFailure => ({ message: toSentence(message), remedy: REMEDIES[code], retry: 'new' });

const pauseFor = (ms: number): Promise<unknown> => new Promise((resolve) => setTimeout(resolve, ms));
