import { describe, expect, test } from 'vitest';
import type { ResultCall, Match } from '../page/history/documents.ts';
import { toCallResults, toMatchResults, parseSnippet } from '../page/history/search-results.ts';

const callOf = (id: string): ResultCall => ({
  id,
  isLive: false,
  status: 'ENDED',
  direction: 'INBOUND',
  from: '+15005550001',
  to: null,
  createdAt: '2026-01-05T09:00:00.000Z',
  durationMs: 60_000,
  tags: [],
  summary: null,
  provider: { id: 'vapi', displayName: 'Vapi' },
  assistant: null,
  end: { category: 'CUSTOMER_ENDED' },
});

function match(callId: string, id: string, times: Partial<Match['utterance']> = {}): Match {
  const call = { ...callOf(callId), answeredAt: '2026-01-05T09:00:10.000Z' };
  return {
    snippet: `[${id}]`,
    utterance: {
      id,
      party: 'CUSTOMER',
      text: 'Ten chars.',
      at: '2026-01-05T09:00:30.000Z',
      startMs: null,
      endMs: null,
      ...times,
      call,
    },
  };
}

describe('parseSnippet', () => {
  test('separates matches from other text', () => {
    expect(parseSnippet('a [large] pizza, [larger] still')).toEqual([
      { text: 'a ', isMatch: false },
      { text: 'large', isMatch: true },
      { text: ' pizza, ', isMatch: false },
      { text: 'larger', isMatch: true },
      { text: ' still', isMatch: false },
    ]);
  });

  test('accepts snippets with only a match, no match, or no text', () => {
    expect(parseSnippet('[yes]')).toEqual([{ text: 'yes', isMatch: true }]);
    expect(parseSnippet('<b>(yes)</b>')).toEqual([{ text: '<b>(yes)</b>', isMatch: false }]);
    expect(parseSnippet('')).toEqual([]);
  });
});

test('toCallResults uses the summary or, without one, the first lines', () => {
  const utterances = { nodes: [{ id: 'u1', party: 'CUSTOMER' as const, text: 'Hello.' }] };
  const found = toCallResults([
    { ...callOf('a'), utterances },
    { ...callOf('b'), summary: 'A renewal.', utterances },
  ]);
  expect(found.map(({ summary, lines }) => [summary, lines.map(({ parts }) => parts)])).toEqual([
    [null, [[{ text: 'Hello.', isMatch: false }]]],
    ['A renewal.', []],
  ]);
});

describe('toMatchResults', () => {
  test('groups matches by call, newest call first, lines in chronological order', () => {
    const found = toMatchResults([match('b', 'b2'), match('a', 'a1'), match('b', 'b1')]);
    expect(found.map(({ call, lines }) => [call.id, lines.map(({ id }) => id)])).toEqual([
      ['b', ['b1', 'b2']],
      ['a', ['a1']],
    ]);
  });

  test('removes matches that two pages contain', () => {
    expect(toMatchResults([match('a', 'a1'), match('a', 'a1')])[0]!.lines).toHaveLength(1);
  });

  test('estimates the position of a line, if the answer time is known', () => {
    const offsetOf = (match: Match) => toMatchResults([match])[0]!.lines[0]!.offsetMs;
    expect(offsetOf(match('a', 'a1', { startMs: 5000, endMs: 6000 }))).toBe(5000);
    expect(offsetOf(match('a', 'a1', { endMs: 6000 }))).toBeLessThan(6000);
    const { snippet, utterance } = match('a', 'a1');
    const call = { ...utterance.call, answeredAt: null };
    expect(offsetOf({ snippet, utterance: { ...utterance, call } })).toBeUndefined();
  });
});
