/** Sends commands for one call and keeps the latest attempts, to show their progress. */
import { useCallback, useState } from 'react';
import { useClient, type OperationResult } from 'urql';
import { toSentence, toApiError } from '../../api/errors.ts';
import { newIdempotencyKey } from '../../api/idempotency-key.ts';
import type { Values } from '../../ui/form/fields.ts';
import type { ControlId, Request } from './control-table.ts';
import { REMEDIES } from './command-labels.ts';
import type { Outcome } from './documents.ts';

/** What a form sends: the control with the values that were entered. */
export interface Submission {
  readonly control: ControlId;
  readonly label: string;
  readonly values: Values;
  readonly request: Request;
}

/** One submission of a control, with what became of it. */
export interface Attempt extends Submission {
  readonly key: string;
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

/** A form that is filled with the values of an attempt again. */
export interface Draft {
  readonly control: ControlId;
  readonly values: Values;
  /** The number of the draft: the same values can be edited twice. */
  readonly version: number;
}

export interface Commands {
  readonly attempts: readonly Attempt[];
  readonly draft: Draft | undefined;
  /** Returns whether the command was accepted. */
  readonly send: (submission: Submission) => Promise<boolean>;
  /** Retries a failed attempt. */
  readonly retry: (attempt: Attempt) => Promise<boolean>;
  /** Fills the form of an attempt with its values. */
  readonly edit: (attempt: Attempt) => void;
}

/** The number of attempts to keep. The timeline shows all commands. */
const MAX_ATTEMPTS = 4;

export function useCommands(callId: string): Commands {
  const client = useClient();
  const [attempts, setAttempts] = useState<readonly Attempt[]>([]);
  const [draft, setDraft] = useState<Draft>();

  const execute = useCallback(
    async (key: string, { control, label, values, request }: Submission) => {
      const update = (change: Partial<Attempt>): void =>
        setAttempts((attempts) => {
          const others = attempts.filter((other) => other.key !== key);
          const attempt = { key, control, label, values, request, isSending: false, ...change };
          return [attempt, ...others].slice(0, MAX_ATTEMPTS);
        });
      update({ isSending: true });
      const input = { ...request.input, callId, idempotencyKey: key } as never;
      const outcome = outcomeOf(await client.mutation(request.document, { input }).toPromise());
      update(outcome);
      return outcome.error === undefined;
    },
    [client, callId],
  );

  const send = useCallback((submission: Submission) => execute(newIdempotencyKey(), submission), [execute]);
  const retry = useCallback(
    (attempt: Attempt) =>
      execute(attempt.error?.retry === 'same' ? attempt.key : newIdempotencyKey(), attempt),
    [execute],
  );
  const edit = useCallback(
    ({ control, values }: Attempt) =>
      setDraft((previous) => ({ control, values, version: (previous?.version ?? 0) + 1 })),
    [],
  );
  return { attempts, draft, send, retry, edit };
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
