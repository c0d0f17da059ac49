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

describe('a snippet', () => {
  test('has its marks around what matches', () => {
    expect(parseSnippet('a [large] pizza, [larger] still')).toEqual([
      { text: 'a ', isMatch: false },
      { text: 'large', isMatch: true },
      { text: ' pizza, ', isMatch: false },
      { text: 'larger', isMatch: true },
      { text: ' still', isMatch: false },
    ]);
  });

  test('may be all match, or none', () => {
    expect(parseSnippet('[yes]')).toEqual([{ text: 'yes', isMatch: true }]);
    expect(parseSnippet('<b>(yes)</b>')).toEqual([{ text: '<b>(yes)</b>', isMatch: false }]);
    expect(parseSnippet('')).toEqual([]);
  });
});

test('a call is listed with its summary, or else with its first words', () => {
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

describe('matches', () => {
  test('stand with their call, newest call first, lines in the order of the call', () => {
    const found = toMatchResults([match('b', 'b2'), match('a', 'a1'), match('b', 'b1')]);
    expect(found.map(({ call, lines }) => [call.id, lines.map(({ id }) => id)])).toEqual([
      ['b', ['b1', 'b2']],
      ['a', ['a1']],
    ]);
  });

  test('stand there once, also when two pages have them', () => {
    expect(toMatchResults([match('a', 'a1'), match('a', 'a1')])[0]!.lines).toHaveLength(1);
  });

  test('tell when they were said, as far as that is known', () => {
    const offsetOf = (match: Match) => toMatchResults([match])[0]!.lines[0]!.offsetMs;
    expect(offsetOf(match('a', 'a1', { startMs: 5000, endMs: 6000 }))).toBe(5000);
    expect(offsetOf(match('a', 'a1', { endMs: 6000 }))).toBeLessThan(6000);
    const { snippet, utterance } = match('a', 'a1');
    const call = { ...utterance.call, answeredAt: null };
    expect(offsetOf({ snippet, utterance: { ...utterance, call } })).toBeUndefined();
  });
});
