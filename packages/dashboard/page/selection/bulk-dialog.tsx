/** Asks for the details of an action on one or several calls, names their number, and shows what became of each. */
import { useState, type FormEvent } from 'react';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog/dialog.tsx';
import { fieldText } from '../ui/form/form-text.ts';
import { Icon } from '../ui/icon.tsx';
import { Text } from '../ui/text/text.tsx';
import { BULK_KINDS, callsText, type BulkKind } from './bulk-kinds.ts';
import { BULK_STATUSES, refusedIn, summaryOf, type BulkResults } from './bulk-run.ts';
import { useBulk } from './use-bulk.ts';
import './bulk-dialog.css';

interface BulkDialogProps {
  readonly kind: BulkKind;
  /** The calls with their names, when the dialog was opened. */
  readonly calls: ReadonlyMap<string, string>;
  readonly onClose: () => void;
}

export default function BulkDialog({ kind, calls, onClose }: BulkDialogProps) {
  const { verb, text, ...rest } = BULK_KINDS[kind];
  const field = 'field' in rest ? rest.field : undefined;
  const { results, run } = useBulk(kind);
  const [value, setValue] = useState('');
  const action = `${verb} ${callsText(calls.size)}`;

  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const entered = fieldText(new FormData(event.currentTarget), 'text');
    setValue(entered);
    run([...calls.keys()], entered);
  }

  if (results) {
    return (
      <Dialog title={action} onClose={onClose}>
        <Results calls={calls} results={results} onRetry={(ids) => run(ids, value)} onClose={onClose} />
      </Dialog>
    );
  }
  return (
    <Dialog title={`${action}?`} onClose={onClose}>
      <form className="bulk-form" onSubmit={submit}>
        <ul className="bulk-names">
          {[...calls].map(([id, name]) => (
            <li key={id}>
              <Text>{name}</Text>
            </li>
          ))}
        </ul>
        <p className="muted">{text}</p>
        {field !== undefined && (
          <label className="field">
            <span>{field}</span>
            {kind === 'say' ? (
              <textarea name="text" rows={3} required autoFocus />
            ) : (
              <input name="text" required autoFocus maxLength={64} />
            )}
          </label>
        )}
        <div className="dialog-actions">
          <Button autoFocus={field === undefined} onClick={onClose}>
            Cancel
          </Button>
          <Button kind={'isDangerous' in rest ? 'danger' : 'primary'} type="submit">
            {action}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

interface ResultsProps {
  readonly calls: ReadonlyMap<string, string>;
  readonly results: BulkResults;
  readonly onRetry: (callIds: readonly string[]) => void;
  readonly onClose: () => void;
}

function Results({ calls, results, onRetry, onClose }: ResultsProps) {
  const refused = refusedIn(results);
  return (
    <>
      <p role="status">{summaryOf(results)}</p>
      <ul className="bulk-results" aria-label="Results">
        {[...results].map(([id, { status, message }]) => (
          <li key={id} data-status={status}>
            <Text>{calls.get(id)}</Text>
            <span className="bulk-status">
              {status === 'confirmed' && <Icon name="check" size={14} />}
              {(status === 'refused' || status === 'unknown') && <Icon name="warning" size={14} />}
              {BULK_STATUSES[status]}
            </span>
            {message !== undefined && <span className="faint">{message}</span>}
          </li>
        ))}
      </ul>
      <div className="dialog-actions">
        {refused.length > 0 && (
          <Button onClick={() => onRetry(refused)}>Try again for {callsText(refused.length)}</Button>
        )}
        <Button kind="primary" onClick={onClose}>
          Close
        </Button>
      </div>
    </>
  );
}
