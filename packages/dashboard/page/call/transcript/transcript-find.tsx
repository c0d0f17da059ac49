/** Finds text in a long transcript, of which the search of the browser sees only the rows that are in the document. */
import { useMemo, useState } from 'react';
import { Button } from '../../ui/button.tsx';
import type { Line } from '../call-timeline.ts';
import { findLines } from './rows.ts';

interface TranscriptFindProps {
  readonly lines: readonly Line[];
  /** Called with the line to show, or with undefined when the search is empty. */
  readonly onFound: (id: string | undefined) => void;
}

export function TranscriptFind({ lines, onFound }: TranscriptFindProps) {
  const [text, setText] = useState('');
  const [index, setIndex] = useState(0);
  const found = useMemo(() => findLines(lines, text), [lines, text]);

  function go(to: number, ids: readonly string[]): void {
    const next = ids.length === 0 ? 0 : (to + ids.length) % ids.length;
    setIndex(next);
    onFound(ids[next]);
  }

  return (
    <form
      className="transcript-find"
      role="search"
      aria-label="Transcript"
      onSubmit={(event) => {
        event.preventDefault();
        go(index + 1, found);
      }}
    >
      <input
        type="search"
        aria-label="Find in this transcript"
        placeholder="Find in this transcript"
        value={text}
        onChange={({ target }) => {
          setText(target.value);
          go(0, findLines(lines, target.value));
        }}
      />
      <span className="faint" role="status">
        {text.trim() !== '' && (found.length === 0 ? 'Not found' : `${index + 1} of ${found.length}`)}
      </span>
      <Button kind="quiet" disabled={found.length === 0} onClick={() => go(index - 1, found)}>
        Previous
      </Button>
      <Button kind="quiet" type="submit" disabled={found.length === 0}>
        Next
      </Button>
    </form>
  );
}
