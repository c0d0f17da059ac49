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
  confidence: null,
  addedBy: null,
});
const LINES = [
  line('u1', 'ASSISTANT', 'Hello. <Nova> & co.', 40, 1500),
  line('u2', 'CUSTOMER', 'Two\nlines', 61_000, 3_662_005),
];
const ANSWERED = '2026-01-05T09:00:00.000Z';
const spans = spansOf(LINES, Date.parse(ANSWERED));

const DATA: ExportData = {
  call: {
    id: 'call_1',
    providerCallId: 'theirs',
    provider: { id: 'vapi', displayName: 'Vapi' },
    status: 'ENDED',
    isLive: false,
    direction: 'INBOUND',
    hold: null,
    capturePause: null,
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

test('formats WebVTT timestamps with hours and milliseconds', () => {
  expect([0, 1500, 61_234.6, 3_662_005, -20].map(vttTimestamp)).toEqual([
    '00:00:00.000',
    '00:00:01.500',
    '00:01:01.235',
    '01:01:02.005',
    '00:00:00.000',
  ]);
});

describe('toVtt', () => {
  test('writes a cue with a voice for each line, on the clock of the recording', () => {
    expect(toVtt(LINES, spans, -43)).toBe(`WEBVTT

u1
00:00:00.083 --> 00:00:01.543
<v Assistant>Hello. &lt;Nova&gt; &amp; co.

u2
00:01:01.043 --> 01:01:02.048
<v Customer>Two lines
`);
  });

  test('moves cues from before the recording to its start', () => {
    expect(toVtt(LINES.slice(0, 1), spans, 5000)).toContain('00:00:00.000 --> 00:00:00.100');
  });

  test('sorts cues by start time', () => {
    const swapped = toVtt(LINES.toReversed(), spans.toReversed(), 0);
    expect(swapped.indexOf('u1')).toBeLessThan(swapped.indexOf('u2'));
  });

  test('writes a valid file without cues', () => {
    expect(toVtt([], [], 0)).toBe('WEBVTT\n');
  });
});

describe('toText', () => {
  test('contains the parties, the transcript with times, and the notes', () => {
    expect(toText(DATA)).toBe(`Call on 2026-01-05T08:59:58.000Z with Vapi
From +15005550001 to unknown
Outcome: Customer hung up
Tags: vip, billing

[0:00] Assistant: Hello. <Nova> & co.
[1:01] Customer: Two
lines

Notes
[call] ann: All in all good.
[1:01] Unknown: Here!
`);
  });

  test('omits empty sections', () => {
    const call = { ...DATA.call, tags: [], end: null };
    expect(toText({ call, lines: [], spans: [], notes: [] })).toBe(
      'Call on 2026-01-05T08:59:58.000Z with Vapi\nFrom +15005550001 to unknown\n',
    );
  });
});

test('toJson estimates the start of a line whose start is unknown', () => {
  const lines = [{ ...LINES[0]!, startMs: null }];
  const exported = { ...DATA, lines, spans: [{ id: 'u1', fromMs: 7, toMs: 1500 }] };
  expect(JSON.parse(toJson(exported))).toMatchObject({
    utterances: [{ startMs: null, approximateStartMs: 7 }],
  });
});

test('toJson uses the field names of the API', () => {
  const exported = JSON.parse(toJson(DATA)) as Record<string, unknown>;
  expect(exported).toMatchObject({
    id: 'call_1',
    end: { category: 'CUSTOMER_ENDED', code: 'hangup' },
    tags: ['vip', 'billing'],
    utterances: [
      { id: 'u1', party: 'ASSISTANT', startMs: 40, endMs: 1500, approximateStartMs: 40 },
      { id: 'u2', text: 'Two\nlines' },
    ],
    notes: [{ id: 'n1', offsetMs: null }, { id: 'n2' }],
  });
  expect(exported).not.toHaveProperty('capabilities');
});
