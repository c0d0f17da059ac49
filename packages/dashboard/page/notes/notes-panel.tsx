/** Notes about a call and its moments: read by all, written by whoever may. */
import { useId, useState, type FormEvent } from 'react';
import { useMutation } from 'urql';
import { toApiError } from '../api/errors.ts';
import { useHasScope } from '../session/session-context.ts';
import { Button } from '../ui/button.tsx';
import { durationText } from '../ui/format.ts';
import { Icon } from '../ui/icon.tsx';
import { ADD_NOTE } from './documents.ts';
import type { Note } from './notes.ts';
import './notes.css';

export interface NotesPanelProps {
  readonly callId: string;
  readonly notes: readonly Note[];
  /** The moment that is looked at or heard now, ms from the answer; undefined where there is none. */
  readonly moment: () => number | undefined;
  /** A note's moment was chosen. Without it, moments are only read. */
  readonly onMoment: ((ms: number) => void) | undefined;
}

export function NotesPanel({ callId, notes, moment, onMoment }: NotesPanelProps) {
  const canControl = useHasScope('CONTROL');
  return (
    <section className="card" aria-labelledby="notes-title">
      <h2 id="notes-title">Notes</h2>
      {notes.length > 0 && (
        <ul className="notes">
          {notes.map((note) => (
            <li key={note.id} className="note">
              <NoteMoment offsetMs={note.offsetMs} onMoment={onMoment} />
              <div>
                <p className="note-text">{note.text}</p>
                <p className="faint">
                  {note.author} · <time dateTime={note.at}>{new Date(note.at).toLocaleString()}</time>
                </p>
              </div>
            </li>
          ))}
        </ul>
      )}
      {canControl ? (
        <NoteForm callId={callId} moment={moment} />
      ) : (
        <p className="muted">
          <Icon name="lock" /> Your token lacks the scope <code>control</code>: notes are for you to read.
        </p>
      )}
    </section>
  );
}

function NoteMoment({ offsetMs, onMoment }: Pick<Note, 'offsetMs'> & Pick<NotesPanelProps, 'onMoment'>) {
  if (offsetMs === null) return <span className="faint">Call</span>;
  const text = durationText(offsetMs);
  if (!onMoment) return <span className="faint">{text}</span>;
  return (
    <button
      type="button"
      className="note-position"
      aria-label={`Hear ${text}`}
      onClick={() => onMoment(offsetMs)}
    >
      {text}
    </button>
  );
}

/** The moment is that at which somebody begins to write: it does not move on while they do. */
function NoteForm({ callId, moment }: Pick<NotesPanelProps, 'callId' | 'moment'>) {
  const id = useId();
  const [{ fetching, error }, addNote] = useMutation(ADD_NOTE);
  const [text, setText] = useState('');
  const [offsetMs, setOffset] = useState<number>();
  const [isOfMoment, setOfMoment] = useState(true);

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (text.trim() === '') return;
    const { data } = await addNote({
      callId,
      text: text.trim(),
      offsetMs: isOfMoment && offsetMs !== undefined ? offsetMs : null,
    });
    if (!data) return;
    setText('');
    setOffset(undefined);
  }

  function look(): void {
    const now = moment();
    if (text === '') setOffset(now === undefined ? undefined : Math.max(0, Math.round(now)));
  }

  return (
    <form className="note-form" onSubmit={(event) => void submit(event)}>
      <label className="visually-hidden" htmlFor={id}>
        A note
      </label>
      <textarea
        id={id}
        rows={2}
        maxLength={10_000}
        placeholder="Write something down…"
        value={text}
        onFocus={look}
        onChange={({ target }) => {
          look();
          setText(target.value);
        }}
      />
      <div className="note-form-row">
        <label className="check">
          <input
            type="checkbox"
            checked={isOfMoment}
            onChange={({ target }) => setOfMoment(target.checked)}
          />
          <span>At {offsetMs === undefined ? 'this moment' : durationText(offsetMs)}</span>
        </label>
        <Button type="submit" isBusy={fetching}>
          Add note
        </Button>
      </div>
      {error && (
        <p className="form-error" role="alert">
          {toApiError(error).message}
        </p>
      )}
    </form>
  );
}
