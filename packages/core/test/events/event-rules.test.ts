import {
  findMediaStreamError,
  findProviderEventError,
  findTranscriberEventError,
  PROVIDER_EVENT_TYPES,
  TRANSCRIBER_EVENT_TYPES,
  TRANSCRIPTION_STATES,
  type CommandId,
  type ProviderEventFields,
  type TranscriberEvent,
} from '@sidetone/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { event } from '../call-factory.ts';

/** The smallest valid event of each type. */
const FIELDS: ProviderEventFields = {
  'call.started': {},
  'call.status': { status: 'RINGING' },
  'call.ended': { end: { category: 'BUSY' } },
  'call.report': {},
  'utterance.partial': { party: 'CUSTOMER', text: 'Ye' },
  'utterance.final': { party: 'CUSTOMER', text: 'Yes.' },
  'speech.started': { party: 'CUSTOMER' },
  'speech.stopped': { party: 'CUSTOMER' },
  dtmf: { digits: '1' },
  'assistant.changed': { assistant: { name: 'Nova' } },
  'transfer.started': {},
  'command.confirmed': { commandId: 'cmd_1' as CommandId },
  notice: { code: 'DELAY', message: 'It takes long.' },
};
const final = event('utterance.final', { party: 'CUSTOMER', text: 'x' });

describe('findProviderEventError', () => {
  test.each(PROVIDER_EVENT_TYPES)('accepts %s, and requires each of its fields', (type) => {
    const valid = { ...event(type, FIELDS[type]) } as Readonly<Record<string, unknown>>;
    for (const mode of ['tolerant', 'strict'] as const) {
      expect(findProviderEventError(valid, mode)).toBeUndefined();
      for (const key of Object.keys(valid)) {
        const { [key]: _removed, ...rest } = valid;
        expect(findProviderEventError(rest, mode), key).toBeDefined();
        expect(findProviderEventError({ ...rest, [key]: Symbol('invalid') }, mode), key).toBeDefined();
      }
    }
  });

  test.each([
    [null, 'event: expected an object, received null'],
    ['text', 'event: expected an object, received a string'],
    [[], 'event: expected an object, received an array'],
    [{ ...final, type: 'call.exploded' }, 'type: unknown event type "call.exploded"'],
    [
      { ...final, type: 'utterance.fnal' },
      'type: unknown event type "utterance.fnal", did you mean "utterance.final"?',
    ],
    [{ ...final, type: 'hello, I am a caller' }, 'type: unknown event type'],
    [{ ...final, type: 'toString' }, 'type: unknown event type "toString"'],
    [
      { ...final, providerCallId: '' },
      'utterance.final.providerCallId: expected a non-empty string, received a string',
    ],
    [
      { ...final, occurredAt: 'now' },
      'utterance.final.occurredAt: expected a time in epoch ms, received a string',
    ],
    [
      { ...final, occurredAt: NaN },
      'utterance.final.occurredAt: expected a time in epoch ms, received a number',
    ],
    [{ ...final, party: 'OPERATOR' }, 'utterance.final.party: expected a party, received a string'],
    [{ ...final, text: 42 }, 'utterance.final.text: expected a string, received a number'],
    [{ ...final, startMs: 'x' }, 'utterance.final.startMs: expected a finite number, received a string'],
    [{ ...final, dedupeKey: 1 }, 'utterance.final.dedupeKey: expected a string, received a number'],
    [
      event('call.status', { status: 'FLYING' as never }),
      'call.status.status: expected a call status, received a string',
    ],
    [
      event('call.ended', {} as never),
      'call.ended.end: expected an object with an end category, received nothing',
    ],
    [
      event('call.report', { utterances: [{ party: 'CUSTOMER' } as never] }),
      'call.report.utterances: expected a list of utterances with party and text, received an array',
    ],
  ])('describes the error (case %#)', (invalid, error) => {
    expect(findProviderEventError(invalid)).toBe(error);
  });

  test.each([
    event('call.status', { status: 'ENDED' as never }),
    event('call.report', { summary: null as never }),
    event('dtmf', { digits: '' }),
    event('transfer.started', { destination: 7 as never }),
    event('command.confirmed', { commandId: '' as CommandId }),
    event('notice', { code: '', message: '' }),
    { ...final, dedupeKey: '' },
  ])('rejects %j only in strict mode', (tolerated) => {
    expect(findProviderEventError(tolerated)).toBeUndefined();
    expect(findProviderEventError(tolerated, 'strict')).toBeDefined();
  });

  test('never throws', () => {
    const similar = fc.record({
      type: fc.constantFrom(...PROVIDER_EVENT_TYPES, 'x'),
      providerCallId: fc.anything(),
      occurredAt: fc.anything(),
      party: fc.anything(),
      end: fc.anything(),
      details: fc.anything(),
    });
    fc.assert(fc.property(fc.oneof(fc.anything(), similar), (any) => void findProviderEventError(any)));
    const throwing = Object.defineProperty({}, 'type', {
      get() {
        throw new Error('no');
      },
    });
    expect(findProviderEventError(throwing)).toBe('event: cannot be read');
  });
});

const utterance = { party: 'CUSTOMER', utteranceId: 'u1', text: 'x', startMs: 0, endMs: 1.5 } as const;
const TRANSCRIBER_EVENTS: readonly TranscriberEvent[] = [
  { type: 'utterance.partial', party: 'UNKNOWN', utteranceId: 'u'.repeat(200), text: '' },
  { type: 'utterance.final', ...utterance },
  { type: 'utterance.revised', ...utterance, confidence: 0.5 },
  { type: 'speech.started', party: 'ASSISTANT', atMs: 0 },
  { type: 'speech.stopped', party: 'CUSTOMER', atMs: -1 },
  { type: 'gap', fromMs: 0, toMs: 1, reason: '' },
  { type: 'state', state: 'FAILED', code: 'X', message: 'x' },
];

describe('findTranscriberEventError', () => {
  test.each(TRANSCRIBER_EVENTS)('accepts $type', (valid) => {
    expect(findTranscriberEventError(valid)).toBeUndefined();
  });

  test('accepts every type and every state', () => {
    expect(new Set(TRANSCRIBER_EVENTS.map(({ type }) => type))).toEqual(new Set(TRANSCRIBER_EVENT_TYPES));
    for (const state of TRANSCRIPTION_STATES)
      expect(findTranscriberEventError({ type: 'state', state })).toBeUndefined();
  });

  test('accepts offsets in the range of a GraphQL Int', () => {
    const valid = { type: 'utterance.final', ...utterance, startMs: 1 - 2 ** 31, endMs: 2 ** 31 - 1 };
    expect(findTranscriberEventError(valid)).toBeUndefined();
  });

  test.each([0, 1])('accepts a confidence of %j', (confidence) => {
    expect(findTranscriberEventError({ type: 'utterance.final', ...utterance, confidence })).toBeUndefined();
  });

  const final = { type: 'utterance.final', ...utterance };
  const partial = { type: 'utterance.partial', party: 'CUSTOMER', utteranceId: 'u1', text: 'x' };
  const [party, offset] = ['expected a party', 'expected an offset in ms'];
  const [id, text] = ['expected an id of 1 to 200 characters', 'expected a text that is not blank'];
  const share = 'expected a number from 0 to 1';
  test.each([
    [null, 'event: expected an object, received null'],
    ['final', 'event: expected an object, received a string'],
    [{ ...final, type: 'call.exploded' }, 'type: unknown event type "call.exploded"'],
    [
      { ...final, type: 'utterance.fnal' },
      'type: unknown event type "utterance.fnal", did you mean "utterance.final"?',
    ],
    [{ ...final, type: 'hello, I am a caller' }, 'type: unknown event type'],
    [{ ...final, type: 'toString' }, 'type: unknown event type "toString"'],
    [{ ...final, party: 'OPERATOR' }, `utterance.final.party: ${party}, received a string`],
    [{ ...final, utteranceId: '' }, `utterance.final.utteranceId: ${id}, received a string`],
    [{ ...final, utteranceId: 'u'.repeat(201) }, `utterance.final.utteranceId: ${id}, received a string`],
    [{ ...final, utteranceId: 7 }, `utterance.final.utteranceId: ${id}, received a number`],
    [{ ...final, text: ' ' }, `utterance.final.text: ${text}, received a string`],
    [{ ...final, text: 7 }, `utterance.final.text: ${text}, received a number`],
    [{ ...final, startMs: '0' }, `utterance.final.startMs: ${offset}, received a string`],
    [{ ...final, endMs: Number.NaN }, `utterance.final.endMs: ${offset}, received a number`],
    [{ ...final, startMs: -(2 ** 31) }, `utterance.final.startMs: ${offset}, received a number`],
    [{ ...final, endMs: 2 ** 31 }, `utterance.final.endMs: ${offset}, received a number`],
    [{ ...final, confidence: 1.1 }, `utterance.final.confidence: ${share}, received a number`],
    [{ ...final, confidence: -0.1 }, `utterance.final.confidence: ${share}, received a number`],
    [{ ...final, confidence: null }, `utterance.final.confidence: ${share}, received null`],
    [{ ...final, type: 'utterance.revised', text: '' }, `utterance.revised.text: ${text}, received a string`],
    [{ ...partial, party: undefined }, `utterance.partial.party: ${party}, received nothing`],
    [{ ...partial, utteranceId: undefined }, `utterance.partial.utteranceId: ${id}, received nothing`],
    [{ ...partial, text: undefined }, 'utterance.partial.text: expected a string, received nothing'],
    [{ type: 'speech.started', party: 'CUSTOMER' }, `speech.started.atMs: ${offset}, received nothing`],
    [{ type: 'speech.stopped', atMs: 0 }, `speech.stopped.party: ${party}, received nothing`],
    [{ type: 'gap', toMs: 1, reason: 'x' }, `gap.fromMs: ${offset}, received nothing`],
    [{ type: 'gap', fromMs: 0, toMs: Infinity, reason: 'x' }, `gap.toMs: ${offset}, received a number`],
    [{ type: 'gap', fromMs: 0, toMs: 1 }, 'gap.reason: expected a string, received nothing'],
    [{ type: 'state', state: 'STOPPED' }, 'state.state: expected a transcription state, received a string'],
    [{ type: 'state', state: 'FAILED', code: 7 }, 'state.code: expected a string, received a number'],
    [{ type: 'state', state: 'FAILED', message: 7 }, 'state.message: expected a string, received a number'],
  ])('describes the error in %j', (invalid, error) => {
    expect(findTranscriberEventError(invalid)).toBe(error);
  });

  test('never throws', () => {
    const similar = fc.record({
      type: fc.constantFrom(...TRANSCRIBER_EVENT_TYPES, 'x'),
      party: fc.anything(),
      utteranceId: fc.anything(),
      text: fc.anything(),
      state: fc.anything(),
    });
    fc.assert(fc.property(fc.oneof(fc.anything(), similar), (any) => void findTranscriberEventError(any)));
  });
});

describe('findMediaStreamError', () => {
  const valid = { providerCallId: 'c1', encoding: 'mulaw', sampleRate: 8000, parties: ['CUSTOMER'] };

  test('accepts valid options', () => {
    expect(findMediaStreamError(valid)).toBeUndefined();
  });

  test.each([
    [undefined, 'stream: expected an object, received nothing'],
    [{ ...valid, encoding: 'opus' }, 'stream.encoding: expected an audio encoding, received a string'],
    [
      { ...valid, sampleRate: 192_001 },
      'stream.sampleRate: expected a sample rate of 4000 to 192000 Hz, received a number',
    ],
    [{ ...valid, parties: [] }, 'stream.parties: expected a list of parties, received an array'],
  ])('describes the error in %j', (invalid, error) => {
    expect(findMediaStreamError(invalid)).toBe(error);
  });
});
