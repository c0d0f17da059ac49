/** Applies the webhooks of a recorded call, reordered, duplicated and lost, to the daemon's rules: the resulting call is the same. */
import type { Utterance } from '@sidetone/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { play, playAtNodes } from '../play.ts';
import { CALL, CONTROL_URL, LISTEN_URL } from '../samples.ts';

const BEGIN = Date.UTC(2026, 0, 5, 8);
const call = {
  id: CALL,
  type: 'outboundPhoneCall',
  status: 'queued',
  createdAt: new Date(BEGIN).toISOString(),
  assistantId: 'assistant-1',
  customer: { number: '+15005550006' },
  monitor: { listenUrl: LISTEN_URL, controlUrl: CONTROL_URL },
};

const SAID = [
  ['bot', 'Good morning, this is Nova. Do you have a minute?', 1000],
  ['user', 'Yes.', 4000],
  ['bot', 'Wonderful. Shall I renew your policy?', 5000],
  ['user', 'Yes.', 8000],
  ['user', 'And please send the receipt by e-mail.', 9000],
  ['bot', 'It is on its way. Goodbye!', 12_000],
] as const;

const at = (offsetMs: number, type: string, fields: object = {}) => ({
  message: { type, timestamp: BEGIN + 6000 + offsetMs, call, ...fields },
});

/** What a conversation-update contains of each utterance. */
const ITEMS = SAID.map(([role, message, offset]) => ({
  role,
  message,
  time: BEGIN + 6000 + offset,
  endTime: BEGIN + 6000 + offset + 900,
}));

/** The webhooks of the call in their original order. */
const RECORDED = [
  at(-6000, 'status-update', { status: 'queued' }),
  at(-4500, 'status-update', { status: 'ringing' }),
  at(0, 'status-update', { status: 'in-progress' }),
  at(50, 'assistant.started', { newAssistant: { name: 'Nova' } }),
  ...SAID.flatMap(([role, transcript, offset], turn) => [
    at(offset, 'speech-update', { role, status: 'started', turn }),
    at(offset + 300, 'transcript', { role, transcriptType: 'partial', transcript: transcript.slice(0, 5) }),
    at(offset + 900, 'transcript', { role, transcriptType: 'final', transcript }),
    at(offset + 900, 'speech-update', { role, status: 'stopped', turn }),
    at(offset + 950, 'conversation-update', { messages: ITEMS.slice(0, turn + 1) }),
  ]),
  at(12_500, 'user-interrupted'),
  at(15_000, 'status-update', { status: 'ended', endedReason: 'customer-ended-call' }),
];

const REPORT = at(17_000, 'end-of-call-report', {
  endedReason: 'customer-ended-call',
  startedAt: new Date(BEGIN + 6010).toISOString(),
  endedAt: new Date(BEGIN + 6000 + 13_400).toISOString(),
  cost: 0.12,
  analysis: { summary: 'Renewed.' },
  artifact: {
    messages: [
      { role: 'system', message: 'You are Nova.', time: BEGIN + 6000, secondsFromStart: 0 },
      ...SAID.map(([role, message, offset]) => ({
        role,
        message,
        time: BEGIN + 6000 + offset,
        endTime: BEGIN + 6000 + offset + 900,
        secondsFromStart: offset / 1000,
        duration: 900,
      })),
    ],
  },
});

const linesOf = (transcript: readonly Utterance[]): string[] =>
  transcript.map(({ party, text }) => `${party}: ${text}`).toSorted();

const EXPECTED = SAID.map(
  ([role, text]) => `${role === 'bot' ? 'ASSISTANT' : 'CUSTOMER'}: ${text}`,
).toSorted();

it('derives the same ended call from webhooks that are lost, duplicated or late', async () => {
  const webhooks = fc
    .array(fc.tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 1 })), {
      minLength: RECORDED.length,
      maxLength: RECORDED.length,
    })
    .map((counts) => RECORDED.flatMap((body, i) => Array.from({ length: counts[i]![0] }, () => body)));
  const deliveries = webhooks.chain((bodies) =>
    fc.shuffledSubarray([...bodies, REPORT, REPORT], {
      minLength: bodies.length + 2,
      maxLength: bodies.length + 2,
    }),
  );
  await fc.assert(
    fc.asyncProperty(deliveries, async (bodies) => {
      const { call: result, facts, transcript } = await play(bodies);
      expect(result).toMatchObject({
        status: 'ENDED',
        end: { category: 'CUSTOMER_ENDED', code: 'customer-ended-call' },
        endedAt: BEGIN + 6000 + 13_400,
        answeredAt: BEGIN + 6010,
        createdAt: BEGIN,
        summary: 'Renewed.',
        cost: { amount: 0.12, currency: 'USD' },
        speakingSince: {},
      });
      expect(facts.filter(({ type }) => type === 'CALL_ENDED')).toHaveLength(1);
      expect(facts.filter(({ type }) => type === 'CALL_REPORTED')).toHaveLength(1);
      expect(linesOf(transcript)).toEqual(EXPECTED);
    }),
    { numRuns: 150 },
  );
});

it('derives the same transcript if no transcript was sent', async () => {
  const silent = RECORDED.filter(({ message }) => message.type !== 'transcript');
  await fc.assert(
    fc.asyncProperty(
      fc.shuffledSubarray([...silent, ...silent, REPORT], { minLength: silent.length * 2 + 1 }),
      async (bodies) => {
        expect(linesOf((await play(bodies)).transcript)).toEqual(EXPECTED);
      },
    ),
    { numRuns: 60 },
  );
});

it('derives the transcript with its times from the report alone', async () => {
  const { transcript } = await play([REPORT]);
  expect(transcript.map(({ text, startMs, endMs }) => [text, startMs, endMs])).toEqual(
    SAID.map(([, text, offset]) => [text, offset - 10, offset + 890]),
  );
});

it('derives IN_PROGRESS from transcripts if the status-update was lost', async () => {
  const { call: result } = await play(RECORDED.slice(4, 8));
  expect(result).toMatchObject({ status: 'IN_PROGRESS' });
});

describe('webhooks that arrive at the nodes of a cluster in turn', () => {
  const handOff = [
    at(12_600, 'status-update', { status: 'forwarding' }),
    at(12_700, 'transfer-update', { destination: { type: 'number', number: '+15005550009' } }),
    at(12_800, 'assistant.started', { newAssistant: { name: 'Vega' } }),
    at(12_900, 'user-interrupted'),
    at(12_950, 'speech-update', { role: 'assistant', status: 'started', turn: 9 }),
  ];
  const whole = [...RECORDED.slice(0, -1), ...handOff, RECORDED.at(-1)!, REPORT];
  const anyNodes = fc.array(fc.integer({ min: 0, max: 1 }), { minLength: 1, maxLength: whole.length });

  it('result in the same events as at one node', async () => {
    const one = await play(whole);
    await fc.assert(
      fc.asyncProperty(anyNodes, async (nodeOf) => {
        const several = await playAtNodes(whole, nodeOf);
        expect(several.call).toEqual(one.call);
        expect(several.facts).toEqual(one.facts);
      }),
      { numRuns: 60 },
    );
  });

  it('result in the same transcript if no transcript was sent', async () => {
    // The end may arrive at a node that has not seen the last item: then it comes with the report.
    const silent = whole.filter(({ message }) => message.type !== 'transcript');
    await fc.assert(
      fc.asyncProperty(anyNodes, async (nodeOf) => {
        expect(linesOf((await playAtNodes(silent, nodeOf)).transcript)).toEqual(EXPECTED);
      }),
      { numRuns: 40 },
    );
  });
});
