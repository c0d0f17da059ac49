/** Pauses of the capture: how they change, and which texts of a provider belong to one. The call of these tests is answered at 1000. */
import { describe, expect, test } from 'vitest';
import {
  CAPTURE_MARGIN_MS,
  capturePauseOf,
  decide,
  evolve,
  MAX_CAPTURE_PAUSES,
  providerId,
  type Call,
  type CallFactOf,
  type CapturePart,
  type ProviderEvent,
  type UtteranceId,
} from '@sidetone/core';
import { CALL_ID, derive, event } from './call-factory.ts';

const ANSWER = 1000;
const [PAUSE, RESUME] = [20_000, 40_000];
const ALL: readonly CapturePart[] = ['RECORDING', 'TRANSCRIPTION', 'LISTENING'];

type Change = Omit<CallFactOf<'CAPTURE_CHANGED'>, 'type'>;

const changed = (call: Call, change: Change, at: number): Call =>
  evolve(call, CALL_ID, { type: 'CAPTURE_CHANGED', ...change }, at);

const answered = (): Call => derive([event('call.status', { status: 'IN_PROGRESS' }, ANSWER)]).call;
const paused = (parts = ALL): Call =>
  changed(answered(), { parts, until: 90_000, reason: 'card', by: 'ada' }, PAUSE);
const resumed = (parts = ALL): Call => changed(paused(parts), { parts: [] }, RESUME);

/** Returns what is stored of an event that arrives at a time. */
function stored(call: Call, received: ProviderEvent, arrivedAt = received.occurredAt): string[] {
  const facts = decide(call, CALL_ID, received, {
    providerId: providerId('test'),
    ids: { utterance: () => 'utt_1' as UtteranceId },
    storedTranscript: () => [],
    arrivedAt,
  });
  return facts.flatMap((fact) => {
    if (fact.type === 'UTTERANCE_FINALIZED') return [fact.utterance.text];
    return fact.type === 'DTMF_RECEIVED' ? [fact.digits] : [];
  });
}

const final = (at: number, times: { startMs?: number; endMs?: number } = {}): ProviderEvent =>
  event('utterance.final', { party: 'CUSTOMER', text: '4111', ...times }, at);

describe('a pause', () => {
  test('is known while it lasts, and remembered when it has ended', () => {
    const pause = { parts: ALL, from: PAUSE, until: 90_000, reason: 'card', by: 'ada' };
    expect(capturePauseOf(paused())).toEqual(pause);
    expect(capturePauseOf(resumed())).toBeUndefined();
    expect(resumed().capturePauses).toEqual([{ ...pause, to: RESUME }]);
    expect(changed(answered(), { parts: [] }, RESUME).capturePauses).toEqual([]);
  });

  test('keeps its start if it is changed', () => {
    const longer = changed(paused(['RECORDING']), { parts: ALL, until: 120_000, by: 'grace' }, 30_000);
    expect(longer.capturePauses).toEqual([{ parts: ALL, from: PAUSE, until: 120_000, by: 'grace' }]);
  });

  test('is joined with the next one if there are too many, so that nothing of either is kept', () => {
    let call = answered();
    for (let i = 0; i <= MAX_CAPTURE_PAUSES; i++) {
      call = changed(call, { parts: [i === 0 ? 'RECORDING' : 'TRANSCRIPTION'], until: 0 }, 10_000 * i);
      call = changed(call, { parts: [] }, 10_000 * i + 1000);
    }
    expect(call.capturePauses).toHaveLength(MAX_CAPTURE_PAUSES);
    expect(call.capturePauses![0]).toMatchObject({
      from: 0,
      to: 11_000,
      parts: ['RECORDING', 'TRANSCRIPTION'],
    });
  });
});

describe('a final with the times of its speech', () => {
  test.each([
    ['before the pause, arriving in it', { startMs: 15_000, endMs: 18_900 }, 21_000, true],
    ['that lasts into the pause', { startMs: 15_000, endMs: 19_500 }, 21_000, false],
    ['in the pause, arriving long after it', { startMs: 20_000, endMs: 22_000 }, 70_000, false],
    ['that begins in the pause', { startMs: 38_000, endMs: 45_000 }, 46_000, false],
    ['within the margin', { startMs: 39_000 + CAPTURE_MARGIN_MS - 1, endMs: 45_000 }, 46_000, false],
    ['after the pause', { startMs: 39_000 + CAPTURE_MARGIN_MS, endMs: 45_000 }, 46_000, true],
  ])('%s', (_name, times, at, isKept) => {
    expect(stored(resumed(), final(at, times))).toEqual(isKept ? ['4111'] : []);
  });
});

describe('a final without times', () => {
  test('is dropped from the start of the pause until no speech of the pause can follow', () => {
    expect(stored(paused(), final(PAUSE - 1))).toEqual(['4111']);
    expect(stored(paused(), final(PAUSE))).toEqual([]);
    expect(stored(resumed(), final(RESUME + 5000))).toEqual([]);
    expect(stored(resumed(), final(RESUME + 5000 + CAPTURE_MARGIN_MS))).toEqual(['4111']);
  });

  test('is dropped if its party has been speaking since the pause', () => {
    const speaking = evolve(paused(), CALL_ID, { type: 'SPEECH_STARTED', party: 'CUSTOMER' }, 35_000);
    const call = changed(speaking, { parts: [] }, RESUME);
    expect(stored(call, final(RESUME + 30_000))).toEqual([]);
  });

  test('is dropped if it arrives in the pause, whatever the clock of the provider says', () => {
    expect(stored(paused(), final(PAUSE - 8000), PAUSE + 10)).toEqual([]);
  });

  test('is dropped if the call ended in the pause', () => {
    const call = evolve(paused(), CALL_ID, { type: 'CALL_ENDED', end: { category: 'UNKNOWN' } }, 30_000);
    expect(stored(call, final(60_000))).toEqual([]);
    expect(stored(call, final(60_000, { startMs: 1000, endMs: 2000 }))).toEqual(['4111']);
  });

  test('is kept if only the recording is paused', () => {
    expect(stored(paused(['RECORDING']), final(30_000))).toEqual(['4111']);
  });
});

test('keys that are pressed during a pause are dropped', () => {
  const keys = (at: number): ProviderEvent => event('dtmf', { digits: '5' }, at);
  expect(stored(paused(), keys(PAUSE - 1))).toEqual(['5']);
  expect(stored(paused(), keys(PAUSE))).toEqual([]);
  expect(stored(paused(), keys(PAUSE - 100), PAUSE + 100)).toEqual([]);
  expect(stored(resumed(), keys(RESUME + CAPTURE_MARGIN_MS - 1))).toEqual([]);
  expect(stored(resumed(), keys(RESUME + CAPTURE_MARGIN_MS))).toEqual(['5']);
});

describe('a report', () => {
  const report = (...utterances: { text: string; startMs?: number; endMs?: number }[]): ProviderEvent =>
    event('call.report', { utterances: utterances.map((each) => ({ party: 'CUSTOMER', ...each })) }, 99_000);

  test('adds the lines from outside the pause', () => {
    const lines = report(
      { text: 'hello there', startMs: 0, endMs: 2000 },
      { text: 'four one one one', startMs: 20_000, endMs: 25_000 },
      { text: 'thank you', startMs: 41_000, endMs: 42_000 },
    );
    expect(stored(resumed(), lines)).toEqual(['hello there', 'thank you']);
    expect(stored(resumed(['LISTENING']), lines)).toHaveLength(3);
  });

  test('adds a line without an end if the next one of its party starts before the pause', () => {
    const lines = report({ text: 'hello there', startMs: 0 }, { text: 'my card is', startMs: 15_000 });
    expect(stored(resumed(), lines)).toEqual(['hello there']);
  });

  test('without times adds nothing to a call that was paused', () => {
    const lines = report({ text: 'hello there' }, { text: 'four one one one' });
    expect(stored(resumed(), lines)).toEqual([]);
    expect(stored(answered(), lines)).toHaveLength(2);
  });
});
