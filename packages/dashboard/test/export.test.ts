import { describe, expect, test } from 'vitest';
import type { Line } from '../page/call/call-timeline.ts';
import { spansOf } from '../page/call/spans.ts';
import { toJson } from '../page/export/call-json.ts';
import { toText, type ExportData } from '../page/export/transcript-text.ts';
import { vttTimestamp, toVtt } from '../page/export/vtt.ts';

const AT = '2026-01-05T09:00:05.000Z';
const line = (id: string, party: Line['party'], text: string, startMs: number, endMs: number): Line => ({
  id,
  party,
  text,
  at: AT,
  startMs,
  endMs,
});
const LINES = [
  line('u1', 'ASSISTANT', 'Hello. <Nova> & co.', 40, 1500),
  line('u2', 'CUSTOMER', 'Two\nlines', 61_000, 3_662_005),
];
const ANSWERED = '2026-01-05T09:00:00.000Z';
const spans = spansOf(LINES, Date.parse(ANSWERED));

const TOLD: ExportData = {
  call: {
    id: 'call_1',
    providerCallId: 'theirs',
    provider: { id: 'vapi', displayName: 'Vapi' },
    status: 'ENDED',
    isLive: false,
    direction: 'INBOUND',
    from: '+15005550001',
    to: null,
    createdAt: '2026-01-05T08:59:58.000Z',
    answeredAt: ANSWERED,
    endedAt: '2026-01-05T10:02:00.000Z',
    capabilities: [],
    mutedParties: [],
    tags: ['vip', 'billing'],
    summary: null,
    assistant: { name: 'Nova' },
    end: { category: 'CUSTOMER_ENDED', code: 'hangup', message: null },
    cost: null,
  },
  lines: LINES,
  spans,
  notes: [
    { id: 'n1', text: 'All in all good.', author: 'ann', offsetMs: null, at: AT },
    { id: 'n2', text: 'Here!', author: null, offsetMs: 61_000, at: AT },
  ],
};

test('a time of WebVTT has hours, and three digits behind the seconds', () => {
  expect([0, 1500, 61_234.6, 3_662_005, -20].map(vttTimestamp)).toEqual([
    '00:00:00.000',
    '00:00:01.500',
    '00:01:01.235',
    '01:01:02.005',
    '00:00:00.000',
  ]);
});

describe('subtitles', () => {
  test('have a cue for each line, with its voice, on the clock of the recording', () => {
    expect(toVtt(LINES, spans, -43)).toBe(`WEBVTT

u1
00:00:00.083 --> 00:00:01.543
<v Assistant>Hello. &lt;Nova&gt; &amp; co.

u2
00:01:01.043 --> 01:01:02.048
<v Customer>Two lines
`);
  });

  test('of what was said before the recording began stand at its beginning', () => {
    expect(toVtt(LINES.slice(0, 1), spans, 5000)).toContain('00:00:00.000 --> 00:00:00.100');
  });

  test('stand in the order in which they begin', () => {
    const swapped = toVtt(LINES.toReversed(), spans.toReversed(), 0);
    expect(swapped.indexOf('u1')).toBeLessThan(swapped.indexOf('u2'));
  });

  test('of no words are a file of WebVTT all the same', () => {
    expect(toVtt([], [], 0)).toBe('WEBVTT\n');
  });
});

describe('text', () => {
  test('has who, what was said and when, and the notes', () => {
    expect(toText(TOLD)).toBe(`Call of 2026-01-05T08:59:58.000Z at Vapi
From +15005550001 to unknown
How it ended: The customer hung up
Tags: vip, billing

[0:00] Assistant: Hello. <Nova> & co.
[1:01] Customer: Two
lines

Notes
[call] ann: All in all good.
[1:01] Someone: Here!
`);
  });

  test('says nothing of what there is not', () => {
    const call = { ...TOLD.call, tags: [], end: null };
    expect(toText({ call, lines: [], spans: [], notes: [] })).toBe(
      'Call of 2026-01-05T08:59:58.000Z at Vapi\nFrom +15005550001 to unknown\n',
    );
  });
});

test('JSON tells what was taken for the beginning of a line, where nobody told it', () => {
  const lines = [{ ...LINES[0]!, startMs: null }];
  const told = { ...TOLD, lines, spans: [{ id: 'u1', fromMs: 7, toMs: 1500 }] };
  expect(JSON.parse(toJson(told))).toMatchObject({
    utterances: [{ startMs: null, approximateStartMs: 7 }],
  });
});

test('JSON has the fields of the API', () => {
  const told = JSON.parse(toJson(TOLD)) as Record<string, unknown>;
  expect(told).toMatchObject({
    id: 'call_1',
    end: { category: 'CUSTOMER_ENDED', code: 'hangup' },
    tags: ['vip', 'billing'],
    utterances: [
      { id: 'u1', party: 'ASSISTANT', startMs: 40, endMs: 1500, approximateStartMs: 40 },
      { id: 'u2', text: 'Two\nlines' },
    ],
    notes: [{ id: 'n1', offsetMs: null }, { id: 'n2' }],
  });
  expect(told).not.toHaveProperty('capabilities');
});
