/** The notes of a call, and a form for viewers with the scope `control`. */
import { useId, useState, type FormEvent } from 'react';
import { useMutation } from 'urql';
import { toApiError } from '../api/errors.ts';
import { useHasScope } from '../session/session-context.ts';
import { Button } from '../ui/button.tsx';
import { durationText } from '../ui/format.ts';
import { Icon } from '../ui/icon.tsx';
import { Text } from '../ui/text/text.tsx';
import { ADD_NOTE } from './documents.ts';
import type { Note } from './notes.ts';
import './notes.css';

interface NotesPanelProps {
  readonly callId: string;
  readonly notes: readonly Note[];
  /** Returns the current position, ms from the answer, or undefined if there is none. */
  readonly positionMs: () => number | undefined;
  /** Called when the position of a note is selected. If undefined, positions are not buttons. */
  readonly onSeek: ((ms: number) => void) | undefined;
}

export function NotesPanel({ callId, notes, positionMs, onSeek }: NotesPanelProps) {
  const canControl = useHasScope('CONTROL');
  return (
    <section className="card" aria-labelledby="notes-title">
      <h2 id="notes-title">Notes</h2>
      {notes.length > 0 && (
        <ul className="notes">
          {notes.map((note) => (
            <li key={note.id} className="note">
              <NotePosition offsetMs={note.offsetMs} onSeek={onSeek} />
              <div>
                <Text as="p" className="note-text">
                  {note.text}
                </Text>
                <p className="faint">
                  {note.author} · <time dateTime={note.at}>{new Date(note.at).toLocaleString()}</time>
                </p>
              </div>
            </li>
          ))}
        </ul>
      )}
      {canControl ? (
        <NoteForm callId={callId} positionMs={positionMs} />
      ) : (
        <p className="muted">
          <Icon name="lock" /> Your token lacks the scope <code>control</code>. You can only read notes.
        </p>
      )}
    </section>
  );
}

function NotePosition({ offsetMs, onSeek }: Pick<Note, 'offsetMs'> & Pick<NotesPanelProps, 'onSeek'>) {
  if (offsetMs === null) return <span className="faint">Call</span>;
  const text = durationText(offsetMs);
  if (!onSeek) return <span className="faint">{text}</span>;
  return (
    <button
      type="button"
      className="note-position"
      aria-label={`Play from ${text}`}
      onClick={() => onSeek(offsetMs)}
    >
      {text}
    </button>
  );
}

/** The form for a new note. The position is captured when the user starts to type. */
function NoteForm({ callId, positionMs }: Pick<NotesPanelProps, 'callId' | 'positionMs'>) {
  const id = useId();
  const [{ fetching, error }, addNote] = useMutation(ADD_NOTE);
  const [text, setText] = useState('');
  const [offsetMs, setOffset] = useState<number>();
  const [hasPosition, setHasPosition] = useState(true);

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (text.trim() === '') return;
    const { data } = await addNote({
      callId,
      text: text.trim(),
      offsetMs: hasPosition && offsetMs !== undefined ? offsetMs : null,
    });
    if (!data) return;
    setText('');
    setOffset(undefined);
  }

  function capturePosition(): void {
    const position = positionMs();
    if (text === '') setOffset(position === undefined ? undefined : Math.max(0, Math.round(position)));
  }

  return (
    <form className="note-form" onSubmit={(event) => void submit(event)}>
      <label className="visually-hidden" htmlFor={id}>
        New note
      </label>
      <textarea
        id={id}
        rows={2}
        maxLength={10_000}
        placeholder="Add a note…"
        value={text}
        onFocus={capturePosition}
        onChange={({ target }) => {
          capturePosition();
          setText(target.value);
        }}
      />
      <div className="note-form-row">
        <label className="check">
          <input
            type="checkbox"
            checked={hasPosition}
            onChange={({ target }) => setHasPosition(target.checked)}
          />
          <span>At {offsetMs === undefined ? 'the current position' : durationText(offsetMs)}</span>
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
