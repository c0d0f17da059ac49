/** Sends commands of one call, and keeps what came of each attempt until its events tell. */
import { useCallback, useState } from 'react';
import { useClient, type OperationResult } from 'urql';
import { toSentence, toApiError } from '../../api/errors.ts';
import type { Request } from './control-table.ts';
import { REMEDIES } from './command-labels.ts';
import type { Outcome } from './documents.ts';

/** One press of a button. */
export interface Attempt {
  readonly key: string;
  readonly label: string;
  readonly request: Request;
  readonly isSending: boolean;
  /** Once the daemon has kept it: its events tell the rest. */
  readonly commandId?: string;
  readonly error?: AttemptError;
}

export interface AttemptError {
  readonly message: string;
  readonly remedy?: string;
  /** How it may be tried again: as the same command, when nobody knows whether it arrived; or as a new one. */
  readonly retry?: 'same' | 'anew';
}

export interface Commands {
  readonly attempts: readonly Attempt[];
  readonly send: (label: string, request: Request) => Promise<void>;
  /** Sends an attempt that failed once more, in the way that is safe. */
  readonly retry: (attempt: Attempt) => Promise<void>;
}

/** How many attempts are shown; the timeline has them all. */
const SHOWN = 4;

export function useCommands(callId: string): Commands {
  const client = useClient();
  const [attempts, setAttempts] = useState<readonly Attempt[]>([]);

  const carryOut = useCallback(
    async (key: string, label: string, request: Request) => {
      const put = (change: Partial<Attempt>): void =>
        setAttempts((before) => {
          const others = before.filter((other) => other.key !== key);
          return [{ key, label, request, isSending: false, ...change }, ...others].slice(0, SHOWN);
        });
      put({ isSending: true });
      const input = { ...request.input, callId, idempotencyKey: key } as never;
      put(outcomeOf(await client.mutation(request.document, { input }).toPromise()));
    },
    [client, callId],
  );

  const send = useCallback(
    (label: string, request: Request) => carryOut(freshKey(), label, request),
    [carryOut],
  );
  const retry = useCallback(
    ({ key, label, request, error }: Attempt) =>
      carryOut(error?.retry === 'same' ? key : freshKey(), label, request),
    [carryOut],
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
        ...(failure.retryable && { retry: 'anew' }),
      },
    }),
  };
}

/** An idempotency key. `crypto.randomUUID` is not there for pages that come by plain HTTP. */
function freshKey(): string {
  const random = crypto.getRandomValues(new Uint32Array(4));
  return `dashboard-${Array.from(random, (part) => part.toString(36)).join('')}`;
}
