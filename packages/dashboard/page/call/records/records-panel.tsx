/** The stored data of a call: legal hold and erasure, for administrators. */
import { useState, type FormEvent } from 'react';
import { useMutation } from 'urql';
import { toApiError } from '../../api/errors.ts';
import { useHasScope } from '../../session/session-context.ts';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { dateTimeText } from '../../ui/format.ts';
import { textIn, type Field } from '../../ui/form/fields.ts';
import { FormFields, valuesOf } from '../../ui/form/form-field.tsx';
import { MissingScope } from '../../ui/missing-scope.tsx';
import { accountNumberOf, customerNumberOf } from '../../ui/parties.ts';
import { Text } from '../../ui/text/text.tsx';
import type { Call } from '../documents.ts';
import { ERASE_CALL, PLACE_HOLD, RELEASE_HOLD, type ErasureStatus } from './documents.ts';

interface RecordsPanelProps {
  readonly call: Call;
  readonly onErased: (status: ErasureStatus) => void;
}

export function RecordsPanel({ call, onErased }: RecordsPanelProps) {
  const isAdmin = useHasScope('ADMIN');
  return (
    <section className="card" aria-labelledby="records-title">
      <h2 id="records-title">Stored data</h2>
      {!isAdmin ? (
        <MissingScope scope="admin">You cannot hold or erase this call.</MissingScope>
      ) : (
        <>
          <Hold call={call} />
          {call.isLive ? (
            <p className="muted">A live call cannot be erased.</p>
          ) : call.hold ? (
            <p className="muted">A call with a legal hold cannot be erased.</p>
          ) : (
            <Erase call={call} onErased={onErased} />
          )}
        </>
      )}
    </section>
  );
}

const REASON: readonly Field[] = [
  {
    name: 'reason',
    label: 'Reason for a legal hold (optional, shown with the call)',
    kind: 'text',
    validate: (text) => (text.length <= 500 ? undefined : 'Enter at most 500 characters.'),
  },
];

function Hold({ call: { id: callId, hold } }: Pick<RecordsPanelProps, 'call'>) {
  const [placing, place] = useMutation(PLACE_HOLD);
  const [releasing, release] = useMutation(RELEASE_HOLD);
  const isBusy = placing.fetching || releasing.fetching;
  const error = hold ? releasing.error : placing.error;

  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    if (isBusy) return;
    void (hold
      ? release({ callId })
      : place({ callId, ...textIn(valuesOf(event.currentTarget, REASON), 'reason') }));
  }

  return (
    <form className="control-form" onSubmit={submit}>
      {hold ? (
        <p>
          Legal hold by <Text>{hold.by}</Text>, {dateTimeText(hold.since, Date.now())}
          {hold.reason !== null && (
            <>
              : <Text>{hold.reason}</Text>
            </>
          )}
        </p>
      ) : (
        <FormFields fields={REASON} />
      )}
      <Button type="submit" isBusy={isBusy}>
        {hold ? 'Release legal hold' : 'Place legal hold'}
      </Button>
      <Failure error={error} />
    </form>
  );
}

function Erase({ call, onErased }: RecordsPanelProps) {
  const [{ fetching, error }, erase] = useMutation(ERASE_CALL);
  const [isAsking, setAsking] = useState(false);
  const parties = [customerNumberOf(call) ?? 'an unknown number', accountNumberOf(call)].filter(Boolean);

  async function confirm(): Promise<void> {
    const { data } = await erase({ callId: call.id });
    if (data) onErased(data.eraseCall.status);
  }

  return (
    <>
      <Button kind="danger" isBusy={fetching} onClick={() => setAsking(true)}>
        Erase call
      </Button>
      <Failure error={error} />
      {isAsking && (
        <ConfirmDialog
          title="Erase this call?"
          action="Erase call"
          typed="erase"
          onConfirm={() => void confirm()}
          onClose={() => setAsking(false)}
        >
          The call of {dateTimeText(call.createdAt, Date.now())} with {parties.join(' and ')} is erased: its
          events, transcript, notes and recording. This cannot be undone.
        </ConfirmDialog>
      )}
    </>
  );
}

function Failure({ error }: { readonly error: Parameters<typeof toApiError>[0] | undefined }) {
  if (!error) return null;
  const { message, remedy } = toApiError(error);
  return (
    <p className="form-error" role="alert">
      {message} {remedy}
    </p>
  );
}
