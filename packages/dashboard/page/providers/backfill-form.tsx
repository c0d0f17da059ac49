/** Imports past calls of a provider, and shows how far the import got. */
import { useState, type FormEvent } from 'react';
import { useMutation } from 'urql';
import { toApiError } from '../api/errors.ts';
import { Button } from '../ui/button.tsx';
import { fieldText } from '../ui/form/form-text.ts';
import { backfillText, rangeOf } from './backfill-text.ts';
import { BACKFILL, type Backfill } from './documents.ts';

interface BackfillFormProps {
  readonly providerId: string;
  readonly backfill: Backfill | undefined;
  readonly onChange: () => void;
}

export function BackfillForm({ providerId, backfill, onChange }: BackfillFormProps) {
  const [{ error, fetching }, start] = useMutation(BACKFILL);
  const [problem, setProblem] = useState<string>();
  const isRunning = backfill?.state === 'RUNNING';

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    const range = rangeOf(fieldText(data, 'from'), fieldText(data, 'to'));
    setProblem('problem' in range ? range.problem : undefined);
    if ('problem' in range) return;
    await start({ input: { providerId, ...range } });
    onChange();
  }

  async function resume({ since, until }: Backfill): Promise<void> {
    await start({ input: { providerId, since, until } });
    onChange();
  }

  const message = problem ?? (error && toApiError(error).message);
  return (
    <>
      <details className="collapsible">
        <summary>Import past calls</summary>
        <form className="form-row" onSubmit={(event) => void submit(event)}>
          <label className="field">
            <span>From</span>
            <input type="date" name="from" required />
          </label>
          <label className="field">
            <span>To (default: now)</span>
            <input type="date" name="to" />
          </label>
          <Button type="submit" isBusy={fetching || isRunning}>
            Start import
          </Button>
        </form>
        {message !== undefined && (
          <p className="form-error" role="alert">
            {message}
          </p>
        )}
      </details>
      {backfill && (
        <p role="status">
          {backfillText(backfill, Date.now())}{' '}
          {(backfill.state === 'FAILED' || backfill.state === 'STOPPED') && (
            <Button kind="quiet" isBusy={fetching} onClick={() => void resume(backfill)}>
              Continue
            </Button>
          )}
        </p>
      )}
    </>
  );
}
