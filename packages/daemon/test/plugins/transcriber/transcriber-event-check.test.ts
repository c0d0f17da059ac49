import { TRANSCRIBER_EVENT_TYPES, TRANSCRIPTION_STATES, type TranscriberEvent } from '@sidetone/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mistakeInTranscription } from '../../../src/plugins/transcriber/transcriber-event-check.ts';

const utterance = { party: 'CUSTOMER', utteranceId: 'u1', text: 'x', startMs: 0, endMs: 1.5 } as const;
const EVENTS: readonly TranscriberEvent[] = [
  { type: 'utterance.partial', party: 'UNKNOWN', utteranceId: 'u'.repeat(200), text: '' },
  { type: 'utterance.final', ...utterance },
  { type: 'utterance.revised', ...utterance, confidence: 0.5 },
  { type: 'speech.started', party: 'ASSISTANT', atMs: 0 },
  { type: 'speech.stopped', party: 'CUSTOMER', atMs: -1 },
  { type: 'gap', fromMs: 0, toMs: 1, reason: '' },
  { type: 'state', state: 'FAILED', code: 'X', message: 'x' },
];

describe('what a transcriber tells is taken', () => {
  test.each(EVENTS)('when it is an event: $type', (told) => {
    expect(mistakeInTranscription(told)).toBeUndefined();
  });

  test('of every type there is, and in every state', () => {
    expect(new Set(EVENTS.map(({ type }) => type))).toEqual(new Set(TRANSCRIBER_EVENT_TYPES));
    for (const state of TRANSCRIPTION_STATES)
      expect(mistakeInTranscription({ type: 'state', state })).toBeUndefined();
  });

  test('in a call as long as GraphQL can tell', () => {
    const told = { type: 'utterance.final', ...utterance, startMs: 1 - 2 ** 31, endMs: 2 ** 31 - 1 };
    expect(mistakeInTranscription(told)).toBeUndefined();
  });

  test.each([0, 1])('with a confidence of %j', (confidence) => {
    expect(mistakeInTranscription({ type: 'utterance.final', ...utterance, confidence })).toBeUndefined();
  });
});

describe('what a transcriber tells is dropped, with the reason,', () => {
  const final = { type: 'utterance.final', ...utterance };
  const partial = { type: 'utterance.partial', party: 'CUSTOMER', utteranceId: 'u1', text: 'x' };
  test.each([
    [null, 'it is not an object'],
    ['final', 'it is not an object'],
    [{ ...final, type: 'call.exploded' }, 'its type is unknown'],
    [{ ...final, type: 'toString' }, 'its type is unknown'],
    [{ ...final, party: 'THE_DOG' }, 'utterance.final: party is none of the parties'],
    [{ ...final, utteranceId: '' }, 'utterance.final: utteranceId is not a name'],
    [{ ...final, utteranceId: 'u'.repeat(201) }, 'utterance.final: utteranceId is not a name'],
    [{ ...final, utteranceId: 7 }, 'utterance.final: utteranceId is not a name'],
    [{ ...final, text: ' ' }, 'utterance.final: text is not a text with words'],
    [{ ...final, text: 7 }, 'utterance.final: text is not a text with words'],
    [{ ...final, startMs: '0' }, 'utterance.final: startMs is no place in a call'],
    [{ ...final, endMs: Number.NaN }, 'utterance.final: endMs is no place in a call'],
    [{ ...final, startMs: -(2 ** 31) }, 'utterance.final: startMs is no place in a call'],
    [{ ...final, endMs: 2 ** 31 }, 'utterance.final: endMs is no place in a call'],
    [{ ...final, confidence: 1.1 }, 'utterance.final: confidence is not a number from 0 to 1'],
    [{ ...final, confidence: -0.1 }, 'utterance.final: confidence is not a number from 0 to 1'],
    [{ ...final, confidence: null }, 'utterance.final: confidence is not a number from 0 to 1'],
    [{ ...final, type: 'utterance.revised', text: '' }, 'utterance.revised: text is not a text with words'],
    [{ ...partial, party: undefined }, 'utterance.partial: party is none of the parties'],
    [{ ...partial, utteranceId: undefined }, 'utterance.partial: utteranceId is not a name'],
    [{ ...partial, text: undefined }, 'utterance.partial: text is not a text'],
    [{ type: 'speech.started', party: 'CUSTOMER' }, 'speech.started: atMs is no place in a call'],
    [{ type: 'speech.stopped', atMs: 0 }, 'speech.stopped: party is none of the parties'],
    [{ type: 'gap', toMs: 1, reason: 'x' }, 'gap: fromMs is no place in a call'],
    [{ type: 'gap', fromMs: 0, toMs: Infinity, reason: 'x' }, 'gap: toMs is no place in a call'],
    [{ type: 'gap', fromMs: 0, toMs: 1 }, 'gap: reason is not a text'],
    [{ type: 'state', state: 'STOPPED' }, 'state: state is no state'],
    [{ type: 'state', state: 'FAILED', code: 7 }, 'state: code is not a text'],
    [{ type: 'state', state: 'FAILED', message: 7 }, 'state: message is not a text'],
  ])('when it is none: %j', (told, mistake) => {
    expect(mistakeInTranscription(told)).toBe(mistake);
  });

  test('whatever it is, without throwing', () => {
    const nearly = fc.record({
      type: fc.constantFrom(...TRANSCRIBER_EVENT_TYPES, 'x'),
      party: fc.anything(),
      utteranceId: fc.anything(),
      text: fc.anything(),
      state: fc.anything(),
    });
    fc.assert(fc.property(fc.oneof(fc.anything(), nearly), (told) => void mistakeInTranscription(told)));
  });
});
