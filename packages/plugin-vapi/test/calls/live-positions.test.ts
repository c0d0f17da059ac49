/** The order of messages in a socket capture of August 2026, with other words: finals of the assistant follow the end of its speech. */
import { describe, expect, it } from 'vitest';
import { play } from '../play.ts';
import { CALL } from '../samples.ts';

const BEGIN = Date.UTC(2026, 7, 21, 9);
const call = { id: CALL, type: 'webCall', createdAt: new Date(BEGIN).toISOString(), monitor: {} };
const at = (seconds: number, type: string, fields: object = {}) => ({
  message: { type, timestamp: BEGIN + Math.round(seconds * 1000), call, ...fields },
});
const speech = (seconds: number, role: string, status: string) =>
  at(seconds, 'speech-update', { role, status });
const final = (seconds: number, role: string, transcript: string) =>
  at(seconds, 'transcript', { role, transcriptType: 'final', transcript });

const CAPTURE = [
  at(0, 'status-update', { status: 'in-progress' }),
  speech(0.98, 'user', 'started'),
  at(1.514, 'transcript', { role: 'user', transcriptType: 'partial', transcript: 'Good' }),
  final(1.604, 'user', 'Good morning.'),
  speech(1.66, 'assistant', 'started'),
  speech(1.823, 'user', 'stopped'),
  at(5, 'transcript', { role: 'assistant', transcriptType: 'partial', transcript: 'Good morning, this is' }),
  speech(10.593, 'assistant', 'stopped'),
  final(10.754, 'assistant', 'Good morning, this is Nova. How can I help you today?'),
  speech(15.1, 'user', 'started'),
  final(16.25, 'user', 'I lost my card.'),
  speech(16.27, 'user', 'stopped'),
];

const REPORT = at(20, 'end-of-call-report', {
  endedReason: 'customer-ended-call',
  startedAt: new Date(BEGIN).toISOString(),
  endedAt: new Date(BEGIN + 18_000).toISOString(),
  artifact: {
    messages: [
      { role: 'user', message: 'Good morning.', time: BEGIN + 980, endTime: BEGIN + 1820 },
      {
        role: 'bot',
        message: 'Good morning, this is Nova. How can I help you today?',
        time: BEGIN + 1660,
        endTime: BEGIN + 10_590,
      },
      { role: 'user', message: 'I lost my card.', time: BEGIN + 15_100, endTime: BEGIN + 16_270 },
    ],
  },
});

const positionsIn = async (bodies: readonly object[]) =>
  (await play(bodies)).transcript.map(({ party, startMs, endMs }) => [party, startMs, endMs]);

describe('a live utterance', () => {
  it('has a start and an end although its final follows the end of the speech', async () => {
    expect(await positionsIn(CAPTURE)).toEqual([
      ['CUSTOMER', 980, 1604],
      ['ASSISTANT', 1660, 10_593],
      ['CUSTOMER', 15_100, 16_250],
    ]);
  });

  it('keeps its position when the report confirms it', async () => {
    expect(await positionsIn([...CAPTURE, REPORT])).toEqual(await positionsIn(CAPTURE));
  });

  it('gets its position from the report if no speech was reported', async () => {
    const silent = CAPTURE.filter(({ message }) => message.type !== 'speech-update');
    expect((await positionsIn(silent)).map(([, startMs]) => startMs)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(await positionsIn([...silent, REPORT])).toEqual([
      ['CUSTOMER', 980, 1604],
      ['ASSISTANT', 1660, 10_754],
      ['CUSTOMER', 15_100, 16_250],
    ]);
  });
});
