/** Sends commands for one call and keeps the latest attempts, to show their progress. */
import { useCallback, useState } from 'react';
import { useClient, type OperationResult } from 'urql';
import { toSentence, toApiError } from '../../api/errors.ts';
import { newIdempotencyKey } from '../../api/idempotency-key.ts';
import type { Request } from './control-table.ts';
import { REMEDIES } from './command-labels.ts';
import type { Outcome } from './documents.ts';

/** One submission of a control. */
export interface Attempt {
  readonly key: string;
  readonly label: string;
  readonly request: Request;
  readonly isSending: boolean;
  /** Set when the daemon has stored the command. Its further progress is in the timeline. */
  readonly commandId?: string;
  readonly error?: AttemptError;
}

interface AttemptError {
  readonly message: string;
  readonly remedy?: string;
  /** How to retry: with the same idempotency key if the outcome is unknown, else as a new command. */
  readonly retry?: 'same' | 'new';
}

export interface Commands {
  readonly attempts: readonly Attempt[];
  readonly send: (label: string, request: Request) => Promise<void>;
  /** Retries a failed attempt. */
  readonly retry: (attempt: Attempt) => Promise<void>;
}

/** The number of attempts to keep. The timeline shows all commands. */
const MAX_ATTEMPTS = 4;

export function useCommands(callId: string): Commands {
  const client = useClient();
  const [attempts, setAttempts] = useState<readonly Attempt[]>([]);

  const execute = useCallback(
    async (key: string, label: string, request: Request) => {
      const update = (change: Partial<Attempt>): void =>
        setAttempts((attempts) => {
          const others = attempts.filter((other) => other.key !== key);
          return [{ key, label, request, isSending: false, ...change }, ...others].slice(0, MAX_ATTEMPTS);
        });
      update({ isSending: true });
      const input = { ...request.input, callId, idempotencyKey: key } as never;
      update(outcomeOf(await client.mutation(request.document, { input }).toPromise()));
    },
    [client, callId],
  );

  const send = useCallback(
    (label: string, request: Request) => execute(newIdempotencyKey(), label, request),
    [execute],
  );
  const retry = useCallback(
    ({ key, label, request, error }: Attempt) =>
      execute(error?.retry === 'same' ? key : newIdempotencyKey(), label, request),
    [execute],
  );
  return { attempts, send, retry };
}

function outcomeOf({ data, error }: OperationResult<{ readonly outcome: Outcome }>): Partial<Attempt> {
  if (!data) {
    const { code, message, remedy } = toApiError(error!);
    return {
      error: {
        message,
        ...(remedy !== undefined && { remedy }),
        ...(code === 'NETWORK' && { retry: 'same' }),
      },
    };
  }
  const { command, failure } = data.outcome;
  return {
    ...(command && { commandId: command.id }),
    ...(failure && {
      error: {
        message: toSentence(failure.message),
        remedy: REMEDIES[failure.code],
        ...(failure.retryable && { retry: 'new' }),
      },
    }),
  };
}
