/** Reads the notes of a call from its timeline. Pure. */
import { isCommand, type TimelineEntry } from '../call/call-timeline.ts';

export interface Note {
  readonly id: string;
  readonly text: string;
  readonly author: string | null;
  /** The position that the note refers to, ms from the answer; null for the whole call. */
  readonly offsetMs: number | null;
  readonly at: string;
}

/** Returns notes about the whole call first, then the others by position. */
export function notesOf(entries: readonly TimelineEntry[]): Note[] {
  const notes = entries.flatMap((entry) => {
    if (isCommand(entry) || entry.__typename !== 'CallAnnotated' || !entry.note) return [];
    const { id, text, author, offsetMs } = entry.note;
    return [{ id, text, author, offsetMs, at: entry.at }];
  });
  return notes.toSorted((a, b) => (a.offsetMs ?? -1) - (b.offsetMs ?? -1));
}
