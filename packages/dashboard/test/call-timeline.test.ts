import { describe, expect, test } from 'vitest';
import type { CallEvent } from '../page/call/documents.ts';
import {
  EMPTY_TIMELINE,
  isCommand,
  applyUpdates,
  type CommandStatus,
  type Line,
  type TimelineUpdate,
  type Party,
  type CallTimeline,
} from '../page/call/call-timeline.ts';

const AT = '2026-01-05T09:00:00.000Z';

const lineOf = (id: string, party: Party, startMs: number | null = null): Line => ({
  id,
  party,
  text: id,
  at: AT,
  startMs,
  endMs: null,
  confidence: null,
  addedBy: null,
});
const final = (line: Line): CallEvent => ({
  __typename: 'UtteranceFinalized',
  by: null,
  at: AT,
  cursor: line.id,
  type: 'UTTERANCE_FINALIZED',
  utterance: line,
});
const command = (commandStatus: CommandStatus): CallEvent => ({
  __typename: 'CommandChanged',
  by: null,
  at: AT,
  cursor: commandStatus,
  type: 'COMMAND_CHANGED',
  commandStatus,
  command: { id: 'cmd', kind: 'SAY', arguments: {}, requestedBy: 'local', failure: null },
});
const ended: CallEvent = {
  __typename: 'CallEnded',
  by: null,
  at: AT,
  cursor: 'end',
  type: 'CALL_ENDED',
  end: { category: 'CUSTOMER_ENDED', code: null },
};
const utterance = (line: Line, isFinal: boolean): TimelineUpdate => {
  return { type: 'transcript', utterance: { ...line, isFinal } };
};
const events = (...list: CallEvent[]): TimelineUpdate => ({ type: 'events', events: list });
const after = (...updates: TimelineUpdate[]): CallTimeline => applyUpdates(EMPTY_TIMELINE, updates);

describe('the transcript', () => {
  const hello = lineOf('hello', 'CUSTOMER');

  test('replaces the text of a revised line in place', () => {
    const [first, second] = [lineOf('first', 'CUSTOMER', 0), lineOf('second', 'ASSISTANT', 1000)];
    const revised: CallEvent = {
      __typename: 'UtteranceRevised',
      by: null,
      at: AT,
      cursor: 'revised',
      type: 'UTTERANCE_REVISED',
      utterance: { ...first, text: 'First of all.' },
    };
    const { lines, entries } = after(events(final(first), final(second), revised));
    expect(lines.map(({ text }) => text)).toEqual(['First of all.', 'second']);
    expect(entries).toEqual([]);
  });

  test('replaces a partial with its final', () => {
    const before = after(utterance({ ...hello, text: 'hel' }, false));
    expect(before.partials.get('CUSTOMER')!.text).toBe('hel');
    const now = applyUpdates(before, [utterance(hello, true)]);
    expect([now.partials.size, now.lines.map(({ text }) => text)]).toEqual([0, ['hello']]);
  });

  test('ignores a partial that arrives after its final', () => {
    const now = after(events(final(hello)), utterance({ ...hello, text: 'hel' }, false));
    expect([now.partials.size, now.lines.length]).toEqual([0, 1]);
  });

  test('contains a final once, however often it is delivered', () => {
    const now = after(events(final(hello)), utterance(hello, true), events(final(hello)));
    expect(now.lines).toHaveLength(1);
  });

  test('keeps the next partial of the same party', () => {
    const now = after(utterance(lineOf('how are', 'CUSTOMER'), false), utterance(hello, true));
    expect(now.partials.get('CUSTOMER')!.text).toBe('how are');
  });

  test('keeps the partial of the other party', () => {
    const now = after(utterance(lineOf('ah', 'ASSISTANT'), false), utterance(hello, true));
    expect([...now.partials.keys()]).toEqual(['ASSISTANT']);
  });

  test('orders lines by start time, and lines without one by arrival', () => {
    const said = [
      lineOf('b', 'CUSTOMER', 200),
      lineOf('x', 'ASSISTANT'),
      lineOf('a', 'CUSTOMER', 100),
      lineOf('c', 'CUSTOMER', 300),
    ];
    const { lines } = after(events(...said.map(final)));
    const timed = lines.filter(({ startMs }) => startMs !== null).map(({ id }) => id);
    expect(lines.at(-1)!.id).toBe('c');
    expect(timed.indexOf('b')).toBeLessThan(timed.indexOf('c'));
  });

  test('drops partials when the call ends', () => {
    expect(after(utterance(hello, false), events(ended)).partials.size).toBe(0);
  });

  test('drops partials that expired, of one party or of all', () => {
    const partials = [utterance(hello, false), utterance(lineOf('yes', 'ASSISTANT'), false)];
    expect([...after(...partials, { type: 'partials-expired', party: 'CUSTOMER' }).partials.keys()]).toEqual([
      'ASSISTANT',
    ]);
    expect(after(...partials, { type: 'partials-expired' }).partials.size).toBe(0);
  });
});

test('a command is one entry, at the position of its request, with all status changes', () => {
  const { entries } = after(events(command('REQUESTED'), ended, command('ACCEPTED'), command('CONFIRMED')));
  expect(entries).toHaveLength(2);
  const [entry] = entries.filter(isCommand);
  expect(entries[0]).toBe(entry);
  expect(entry!.status).toBe('CONFIRMED');
  expect(entry!.steps.map(({ status }) => status)).toEqual(['REQUESTED', 'ACCEPTED', 'CONFIRMED']);
});

test('is loaded when all past events were received', () => {
  expect(after(events(ended)).isLoaded).toBe(false);
  expect(after(events(ended), { type: 'caught-up' }).isLoaded).toBe(true);
});
