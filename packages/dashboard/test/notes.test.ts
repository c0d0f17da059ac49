import { expect, test } from 'vitest';
import type { TimelineEntry } from '../page/call/call-timeline.ts';
import { notesOf } from '../page/notes/notes.ts';

const AT = '2026-01-05T09:00:05.000Z';
const note = (id: string, offsetMs: number | null): TimelineEntry => ({
  __typename: 'CallAnnotated',
  by: null,
  at: AT,
  cursor: id,
  type: 'CALL_ANNOTATED',
  note: { id, text: id, author: 'ann', offsetMs },
  tagsAdded: [],
  tagsRemoved: [],
});
const tagged: TimelineEntry = {
  __typename: 'CallAnnotated',
  by: null,
  at: AT,
  cursor: 'tagged',
  type: 'CALL_ANNOTATED',
  note: null,
  tagsAdded: ['vip'],
  tagsRemoved: [],
};

test('sorts notes by position, those about the whole call first, and ignores tags', () => {
  const notes = notesOf([note('late', 9000), tagged, note('call', null), note('early', 0)]);
  expect(notes.map(({ id }) => id)).toEqual(['call', 'early', 'late']);
  expect(notes[2]).toEqual({ id: 'late', text: 'late', author: 'ann', offsetMs: 9000, at: AT });
});
