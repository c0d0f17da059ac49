import { describe, expect, it } from 'vitest';
import { EVENT_LIMITS } from '@sidetone/core';
import { historyOf, MAX_ITEMS, utterancesOf } from '../../src/calls/conversation.ts';
import { utterancesInText } from '../../src/calls/plain-transcript.ts';
import { reportedUtterances } from '../../src/calls/reported-transcript.ts';
import { sample } from '../samples.ts';

const START = Date.UTC(2026, 0, 5, 9);
const item = (fields: object) => ({ role: 'bot', message: 'x', ...fields });
const timesOf = (items: readonly object[], startedAt?: number) =>
  utterancesOf(items, { startedAt }).map(({ startMs, endMs }) => [startMs, endMs]);

describe('utterances', () => {
  it('contain only what the bot, assistant or user said', () => {
    const roles = [
      'system',
      'bot',
      'assistant',
      'user',
      'tool_calls',
      'tool_call_result',
      'narrator',
      undefined,
    ];
    const items = roles.map((role) => ({ role, message: String(role), result: 'x' }));
    expect(utterancesOf(items)).toEqual([
      { party: 'ASSISTANT', text: 'bot' },
      { party: 'ASSISTANT', text: 'assistant' },
      { party: 'CUSTOMER', text: 'user' },
    ]);
  });

  it('contain the filtered text', () => {
    const filtered = { role: 'user', message: '[removed]', originalMessage: 'secret', isFiltered: true };
    expect(utterancesOf([filtered])).toEqual([{ party: 'CUSTOMER', text: '[removed]' }]);
    expect(utterancesOf([{ ...filtered, message: '' }])).toEqual([]);
  });

  it('are in the order of the list', () => {
    const items = [item({ message: 'b', secondsFromStart: 2 }), item({ message: 'a', secondsFromStart: 1 })];
    expect(utterancesOf(items).map(({ text }) => text)).toEqual(['b', 'a']);
  });

  it('are read from the artifact, the root, or a plain transcript', () => {
    const items = [item({})];
    expect(reportedUtterances({ artifact: { messages: items }, messages: [] })).toHaveLength(1);
    expect(reportedUtterances({ artifact: { messages: [] }, messages: items })).toHaveLength(1);
    expect(reportedUtterances({ artifact: { transcript: 'AI: Hello.\nUser: Hi.' } })).toHaveLength(2);
    expect(reportedUtterances({ transcript: 'AI: Hello.' })).toHaveLength(1);
    expect(reportedUtterances({})).toEqual([]);
  });

  it('of a plain transcript follow the speaker and may span lines', () => {
    expect(utterancesInText('AI: Good\nmorning.\r\nUser: Hi: you\nAI: \n')).toEqual([
      { party: 'ASSISTANT', text: 'Good morning.' },
      { party: 'CUSTOMER', text: 'Hi: you' },
    ]);
    expect(utterancesInText('a line without a speaker')).toEqual([]);
  });
});

describe('times of utterances', () => {
  it.each([
    ['seconds, as documented', [{ secondsFromStart: 1.5, duration: 2 }], [[1500, 3500]]],
    ['a duration in milliseconds', [{ secondsFromStart: 1.5, duration: 1900 }], [[1500, 3400]]],
    [
      'the span, not the duration',
      [{ secondsFromStart: 1, time: START, endTime: START + 700, duration: 99 }],
      [[1000, 1700]],
    ],
    [
      'offsets in milliseconds, by comparison with times',
      [
        { secondsFromStart: 1000, time: START, endTime: START + 500 },
        { secondsFromStart: 3000, time: START + 2000, endTime: START + 2500 },
      ],
      [
        [1000, 1500],
        [3000, 3500],
      ],
    ],
    ['offsets longer than any call', [{ secondsFromStart: 90_000_000 }], [[undefined, undefined]]],
    ['nothing', [{}], [[undefined, undefined]]],
    [
      'an end before the start',
      [{ secondsFromStart: 1, time: START, endTime: START - 5 }],
      [[1000, undefined]],
    ],
  ])('are read from %s', (_what, fields, expected) => {
    expect(timesOf(fields.map(item))).toEqual(expected);
  });

  it('are relative to the answer if there is no offset', () => {
    expect(timesOf([item({ time: START + 2000, endTime: START + 2500 })], START)).toEqual([[2000, 2500]]);
    expect(timesOf([item({ time: START - 2000 })], START)).toEqual([[undefined, undefined]]);
  });
});

it('decodes a history in each of its formats', () => {
  const shapes = [
    'conversation-update, schema shape',
    'conversation-update, only conversation array',
    'conversation-update with tool items and null content',
  ].map((name) => historyOf((sample(name) as { message: Record<string, unknown> }).message));
  expect(shapes.map((lines) => lines.map(({ role }) => role))).toEqual([
    ['SYSTEM', 'ASSISTANT', 'USER'],
    ['ASSISTANT', 'USER'],
    [],
  ]);
  expect(historyOf({ messages: [{ role: 'bot', message: 'Hello.' }] })).toEqual([
    { role: 'ASSISTANT', text: 'Hello.' },
  ]);
});

describe('what is larger than an event may be', () => {
  it('is read up to one more item than is stored', () => {
    const items = Array.from({ length: 100_000 }, (_, i) => item({ message: `line ${i}` }));
    let reads = 0;
    const counted = new Proxy(items, {
      get(target, key, receiver) {
        if (typeof key === 'string' && /^\d/.test(key)) reads++;
        return Reflect.get(target, key, receiver) as unknown;
      },
    });
    expect(utterancesOf(counted).at(-1)?.text).toBe(`line ${EVENT_LIMITS.reportUtterances}`);
    expect(reads).toBe(MAX_ITEMS);
    const lines = historyOf({ messages: items });
    expect([lines.length, lines.at(-1)?.text]).toEqual([MAX_ITEMS, 'line 99999']);
  });

  it('is read up to one more character of a text, and one more item of a long list', () => {
    const long = item({ message: 'x'.repeat(1_000_000) });
    const utterances = utterancesOf(Array.from({ length: 1000 }, () => long));
    expect(utterances[0]!.text).toHaveLength(EVENT_LIMITS.utterance + 1);
    expect(utterances).toHaveLength(EVENT_LIMITS.reportText / EVENT_LIMITS.utterance);
    expect(historyOf({ messages: [long] })[0]!.text).toHaveLength(EVENT_LIMITS.utterance + 1);
  });

  it.each([
    ['lines without a label', 'a\n'],
    ['lines with a label', 'AI: a\n'],
    ['lines with unknown labels', 'Zoe: a\n'],
    ['one line', 'a '],
  ])('of a plain text with many %s is read up to a limit', (_what, line) => {
    const text = `AI: hello\n${line.repeat(5_000_000 / line.length)}`;
    const utterances = utterancesInText(text);
    const characters = utterances.reduce((sum, utterance) => sum + utterance.text.length, 0);
    expect(characters).toBeLessThanOrEqual(2 * EVENT_LIMITS.reportText);
    expect(utterances.length).toBeLessThanOrEqual(4 * EVENT_LIMITS.reportUtterances);
  });
});
