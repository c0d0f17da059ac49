/** The notes of a call, of its events. Pure. */
import { isCommand, type TimelineEntry } from '../call/call-timeline.ts';

export interface Note {
  readonly id: string;
  readonly text: string;
  readonly author: string | null;
  /** ms from the answer; null when it is about the whole call. */
  readonly offsetMs: number | null;
  /** When it was written. */
  readonly at: string;
}

/** Those about the whole call first, then by their moment. */
export function notesOf(entries: readonly TimelineEntry[]): Note[] {
  const notes = entries.flatMap((entry) => {
    if (isCommand(entry) || entry.__typename !== 'CallAnnotated' || !entry.note) return [];
    const { id, text, author, offsetMs } = entry.note;
    return [{ id, text, author, offsetMs, at: entry.at }];
  });
  return notes.toSorted((one, other) => (one.offsetMs ?? -1) - (other.offsetMs ?? -1));
}
