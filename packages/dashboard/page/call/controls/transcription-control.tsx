/** Starts and stops the transcription of a live call, and says how it goes. */
import { useState, type FormEvent } from 'react';
import { useMutation, useQuery } from 'urql';
import { toApiError } from '../../api/errors.ts';
import { Button } from '../../ui/button.tsx';
import { textIn, type Field } from '../../ui/form/fields.ts';
import { FormFields, valuesOf } from '../../ui/form/form-field.tsx';
import type { TimelineEntry } from '../call-timeline.ts';
import { TRANSCRIBE, TRANSCRIBERS } from './documents.ts';
import { isOn, transcriptionOf, transcriptionText } from './transcription.ts';

const LANGUAGE: Field = {
  name: 'language',
  label: 'Language (optional)',
  kind: 'text',
  placeholder: 'en-IN',
  validate: (tag) =>
    /^[a-z]{2,3}(-[a-z0-9]{2,8})*$/i.test(tag) ? undefined : 'Enter a language tag, such as en-IN.',
};

interface TranscriptionControlProps {
  readonly callId: string;
  readonly entries: readonly TimelineEntry[];
}

export function TranscriptionControl({ callId, entries }: TranscriptionControlProps) {
  const [{ data }] = useQuery({ query: TRANSCRIBERS });
  const [{ fetching, error }, transcribe] = useMutation(TRANSCRIBE);
  const [isRequested, setRequested] = useState(false);
  const transcription = transcriptionOf(entries);
  const transcribers = data?.transcribers ?? [];
  const isRunning = isOn(transcription);
  const fields: readonly Field[] = isRunning
    ? []
    : [
        {
          name: 'transcriber',
          label: 'Transcriber',
          kind: 'choice',
          choices: [
            ['', 'As configured'],
            ...transcribers.map(({ id, displayName }) => [id, displayName] as const),
          ],
        },
        LANGUAGE,
      ];

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    if (fetching) return;
    const values = valuesOf(event.currentTarget, fields);
    const { data: accepted } = await transcribe({
      callId,
      on: !isRunning,
      ...textIn(values, 'transcriber'),
      ...textIn(values, 'language'),
    });
    setRequested(accepted !== undefined);
  }

  if (transcribers.length === 0 && !transcription) {
    return <p className="muted">No transcriber is configured in the daemon.</p>;
  }
  return (
    <form className="control-form" onSubmit={(event) => void submit(event)}>
      <p className="muted" role="status">
        {transcriptionText(transcription)}
      </p>
      <FormFields fields={fields} />
      <Button type="submit" isBusy={fetching}>
        {isRunning ? 'Stop transcription' : 'Start transcription'}
      </Button>
      {error ? (
        <p className="form-error" role="alert">
          {toApiError(error).message} {toApiError(error).remedy}
        </p>
      ) : (
        isRequested && !transcription && <p className="faint">Requested. Its progress is shown here.</p>
      )}
    </form>
  );
}
