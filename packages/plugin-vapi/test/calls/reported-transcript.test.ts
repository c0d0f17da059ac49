/** Reports in the shapes that were recorded or documented; names and numbers are replaced. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { reportedUtterances } from '../../src/calls/reported-transcript.ts';
import { utterancesInText } from '../../src/calls/plain-transcript.ts';
import { play } from '../play.ts';

interface SquadReport {
  readonly message: {
    readonly messages: readonly { role: string; message: string; time?: number; secondsFromStart?: number }[];
    readonly transcript: string;
  };
}

/** A squad of two, July 2024: the second assistant's offsets start again at 0, and there is no start or end. */
const SQUAD = JSON.parse(
  readFileSync(new URL('../fixtures/squad-report.json', import.meta.url), 'utf8'),
) as SquadReport;
const { message } = SQUAD;
const SPOKEN = message.messages.filter(({ role }) => role !== 'system');
const TEXTS = SPOKEN.map((item) => item.message);
/** The items of the last assistant, which is all that Vapi stores by default. */
const LAST_SLICE = message.messages.slice(6);

const textsOf = (root: object): string[] => reportedUtterances({ ...root }).map(({ text }) => text);
const inOrder = (utterances: readonly { startMs?: number; text: string }[]): string[] =>
  utterances.toSorted((a, b) => (a.startMs ?? 0) - (b.startMs ?? 0)).map(({ text }) => text);

describe('the report of a squad', () => {
  it('keeps the order of the list, and counts positions through all assistants', async () => {
    const { transcript } = await play([SQUAD]);
    expect(transcript.map(({ text }) => text)).toEqual(TEXTS);
    expect(inOrder(transcript)).toEqual(TEXTS);
    expect(transcript.map(({ startMs }) => startMs)).toEqual([
      1520, 6340, 10_020, 13_400, 18_830, 22_620, 25_470, 29_700, 33_550, 35_910,
    ]);
  });

  it('counts from the start of the call if it is reported', () => {
    const startedAt = message.messages[0]!.time! - 400;
    expect(reportedUtterances({ messages: message.messages }, { startedAt })[5]).toMatchObject({
      startMs: 23_020,
    });
  });

  it('has no invented positions for later assistants without times', () => {
    const messages = message.messages.map(({ time: _time, ...item }) => ({ ...item, endTime: undefined }));
    const utterances = reportedUtterances({ messages });
    expect(utterances.map(({ text }) => text)).toEqual(TEXTS);
    expect(utterances.map(({ startMs }) => startMs)).toEqual([
      1520,
      6340,
      10_020,
      13_400,
      18_830,
      ...Array.from({ length: 5 }, () => undefined),
    ]);
  });

  it('recognises milliseconds although the offsets start again', () => {
    const messages = message.messages.map((item) => ({
      ...item,
      secondsFromStart: item.secondsFromStart! * 1000,
    }));
    expect(reportedUtterances({ messages }).map(({ startMs }) => startMs)).toEqual(
      reportedUtterances({ messages: message.messages }).map(({ startMs }) => startMs),
    );
  });

  it('uses the items if the reported span contradicts them', () => {
    const messages = message.messages;
    for (const span of [
      { startedAt: messages[0]!.time! + 7_200_000 },
      { startedAt: messages[0]!.time! - 7_200_000, endedAt: messages[0]!.time! - 7_100_000 },
    ]) {
      expect(reportedUtterances({ messages }, span)[0]).toMatchObject({ startMs: 1520 });
    }
  });
});

describe('an object with the items of the last assistant only', () => {
  it('is completed from the plain transcript', () => {
    expect(textsOf({ artifact: { messages: LAST_SLICE, transcript: message.transcript } })).toEqual(TEXTS);
    expect(textsOf({ messages: LAST_SLICE, transcript: message.transcript })).toEqual(TEXTS);
  });

  it('keeps the positions of the items that it has', () => {
    const startedAt = message.messages[0]!.time!;
    const utterances = reportedUtterances(
      { artifact: { messages: LAST_SLICE, transcript: message.transcript } },
      { startedAt },
    );
    expect(utterances.map(({ startMs }) => startMs !== undefined)).toEqual([
      ...Array.from({ length: 5 }, () => false),
      ...Array.from({ length: 5 }, () => true),
    ]);
    expect(utterances[5]).toMatchObject({ startMs: 22_620 });
  });

  it('is completed in the middle too', () => {
    const items = SPOKEN.filter((_item, i) => i !== 2 && i !== 6);
    expect(textsOf({ artifact: { messages: items, transcript: message.transcript } })).toEqual(TEXTS);
  });

  it('prefers the list with the most words', () => {
    const artifact = { messages: LAST_SLICE, transcript: '' };
    expect(textsOf({ artifact, messages: message.messages })).toEqual(TEXTS);
  });
});

describe('items that are complete', () => {
  it.each([
    ['joined lines', 'AI: Hello there. How are you?\nUser: Fine.'],
    ['another spelling', 'AI: hello there\nAI: how are you\nUser: fine'],
    ['several lines per item', 'AI: Hello there.\nHow are you?\nUser: Fine.'],
    ['no text', ''],
    ['an unknown label within an item', 'AI: Hello there.\nHow: are you?\nUser: Fine.'],
  ])('are not changed by a plain transcript with %s', (_what, transcript) => {
    const messages = [
      { role: 'bot', message: 'Hello there.' },
      { role: 'bot', message: 'How are you?' },
      { role: 'user', message: 'Fine.' },
    ];
    expect(textsOf({ artifact: { messages, transcript } })).toEqual([
      'Hello there.',
      'How are you?',
      'Fine.',
    ]);
  });
});

describe('the speakers of a plain transcript', () => {
  const lines = (transcript: string, root: object = {}) =>
    reportedUtterances({ ...root, artifact: { transcript } }).map(({ party, text }) => `${party} ${text}`);
  const plan = { artifactPlan: { transcriptPlan: { assistantName: 'Buyer', userName: 'Seller' } } };

  it.each([
    ['both unknown', 'Seller: Good morning.\nBuyer: Hi.', ['ASSISTANT Good morning.', 'CUSTOMER Hi.']],
    ['one unknown', 'User: Hello\nEmma: Hi there.', ['CUSTOMER Hello', 'ASSISTANT Hi there.']],
    ['the other one', 'AI: Hello\nMr Smith: Hi there.', ['ASSISTANT Hello', 'CUSTOMER Hi there.']],
    [
      'other scripts',
      'सहायक: नमस्ते\nग्राहक: हाँ\nसहायक: ठीक है',
      ['ASSISTANT नमस्ते', 'CUSTOMER हाँ', 'ASSISTANT ठीक है'],
    ],
    [
      'a third speaker',
      'AI: Hello.\nUser: Hi.\nManager: I take over.',
      ['ASSISTANT Hello.', 'CUSTOMER Hi.', 'UNKNOWN Manager: I take over.'],
    ],
    [
      'text that contains colons',
      'AI: At 10:30, or\n10:45: which one?\nUser: See https://example.com: there.',
      ['ASSISTANT At 10:30, or 10:45: which one?', 'CUSTOMER See https://example.com: there.'],
    ],
    ['no space after the label', 'AI:Hello.\nUser:Hi.', ['ASSISTANT Hello.', 'CUSTOMER Hi.']],
    [
      'a rare label beside the speaker',
      'User: Hi\nNote: later\nEmma: One.\nUser: Two.\nEmma: Three.',
      ['CUSTOMER Hi', 'UNKNOWN Note: later', 'ASSISTANT One.', 'CUSTOMER Two.', 'ASSISTANT Three.'],
    ],
  ])('are learned from the lines: %s', (_what, transcript, expected) => {
    expect(lines(transcript)).toEqual(expected);
  });

  it.each([
    ['the call object', plan],
    ['the assistant', { assistant: plan }],
    ['the overrides of the call in a report', { call: { assistantOverrides: plan } }],
    ['the assistant of the call in a report', { call: { assistant: plan } }],
  ])('are named by the plan of %s', (_where, root) => {
    expect(lines('Seller: Hello.\nBuyer: Hi.', root)).toEqual(['CUSTOMER Hello.', 'ASSISTANT Hi.']);
  });

  it('can have the names of the assistant and the customer', () => {
    const root = { assistant: { name: 'Nova' }, call: { customer: { name: 'Robin' } } };
    expect(lines('Robin: Hello.\nNova: Hi.', root)).toEqual(['CUSTOMER Hello.', 'ASSISTANT Hi.']);
  });

  it('are never added to the words of the previous speaker', () => {
    expect(utterancesInText('User: Hello Emma\nEmma: Hi there.').map(({ text }) => text)).toEqual([
      'Hello Emma',
      'Hi there.',
    ]);
  });
});

describe('items and a text that are longer than a report may be', () => {
  const lines = (count: number): string =>
    Array.from({ length: count }, (_, i) => `User: ${`line ${i} `.padEnd(1000, 'word ')}\n`).join('');

  it('are not compared', () => {
    const messages = [{ role: 'user', message: 'Something else.', secondsFromStart: 1 }];
    expect(reportedUtterances({ messages, transcript: lines(100) }).length).toBeGreaterThan(1);
    expect(textsOf({ messages, transcript: lines(600) })).toEqual(['Something else.']);
  });

  it('are chosen by their length', () => {
    const short = [{ role: 'user', message: 'Hello.' }];
    const long = [...short, { role: 'bot', message: 'Hello, how can I help?' }];
    expect(textsOf({ messages: long, artifact: { messages: short } })).toHaveLength(2);
  });
});
