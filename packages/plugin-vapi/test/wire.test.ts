import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeText, decodeMessage, decodeWebhook } from '../src/wire.ts';
import { translate } from '../src/translate.ts';
import { CALL, sample, SAMPLES, samplesOf } from './samples.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const context = { receivedAt: 1_787_310_000_000, known: { assistantSeen: false } };

function decoded(value: unknown) {
  const result = decodeMessage(value);
  if (!result.ok) throw new Error(result.problem);
  return result.message;
}

describe('decoding', () => {
  it('takes every sample without throwing, and translates what it gives', () => {
    for (const { body } of SAMPLES) {
      const result = decodeWebhook(bytes(JSON.stringify(body)));
      if (result.ok) translate(result.message, context);
      decodeText(JSON.stringify(body));
    }
  });

  it('is total on any JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        for (const body of [value, { message: value }, { message: { type: 'transcript', call: value } }]) {
          const result = decodeMessage(body);
          if (result.ok) translate(result.message, context);
        }
      }),
    );
  });

  it('is total on any value of any field that it reads', () => {
    const types = fc.constantFrom(
      'status-update',
      'transcript',
      'speech-update',
      'end-of-call-report',
      'assistant.started',
      'transfer-update',
      'hang',
      'tool-calls',
    );
    const fields = ['status', 'role', 'turn', 'transcript', 'transcriptType', 'timestamp', 'newAssistant'];
    fc.assert(
      fc.property(types, fc.array(fc.jsonValue(), { minLength: 7, maxLength: 7 }), (type, values) => {
        const own = Object.fromEntries(fields.map((field, index) => [field, values[index]]));
        const report = { artifact: values[0], analysis: values[1], cost: values[2], destination: values[3] };
        const result = decodeMessage({ message: { type, ...own, ...report, call: { id: 'c', ...report } } });
        if (result.ok) translate(result.message, context);
      }),
    );
  });

  it.each([
    ['[]', 'no JSON object'],
    ['"text"', 'no JSON object'],
    ['{"message"', 'no JSON'],
    ['', 'no JSON'],
    ['{"message":"x"}', 'no message object'],
    ['{"message":[]}', 'no message object'],
    ['{"message":{}}', 'no type'],
    ['{}', 'no type'],
    ['{"message":{"type":"status-update","status":"ringing"}}', 'names no call'],
    ['{"message":{"type":"transcript","call":{"id":7}}}', 'names no call'],
  ])('says why %s is no message', (body, problem) => {
    const result = decodeWebhook(bytes(body));
    expect(result.ok ? undefined : result.problem).toContain(problem);
  });

  it('needs no call for what is about none, or is not known', () => {
    for (const name of ['chat.created', 'session.updated', 'campaign.predial']) {
      expect(decodeWebhook(bytes(JSON.stringify(sample(name)))).ok).toBe(true);
    }
    expect(decodeWebhook(bytes('{"message":{"type":"brand.new"}}')).ok).toBe(true);
  });

  it('takes the call from the x-call-id header where the message names none', () => {
    const result = decodeWebhook(bytes(JSON.stringify(sample('no call object and no timestamp'))), CALL);
    expect(result.ok && result.message.callId).toBe(CALL);
  });

  it('dispatches on the type without what stands in brackets behind it', () => {
    expect(decoded(sample('transcript final, literal type string'))).toMatchObject({
      type: 'transcript',
      name: 'transcript',
      kind: 'final',
      text: 'Thank you.',
    });
    const bare = { type: 'transcript[transcriptType="final"]', role: 'user', transcript: 'yes' };
    expect(decoded(bare)).toMatchObject({ kind: 'final' });
  });

  it('keeps the type of a message that it does not know', () => {
    expect(decoded({ message: { type: 'request' } })).toMatchObject({ type: 'other', name: 'request' });
    expect(decoded({ message: { type: 'toString' } })).toMatchObject({ type: 'other', name: 'toString' });
  });

  it('takes text frames bare and in an envelope, and passes over text that is no JSON', () => {
    const kinds = samplesOf('listen')
      .filter(({ meta }) => meta?.frame === 'text')
      .map(({ body }) => decodeText(JSON.stringify(body))?.type);
    expect(kinds).toEqual(['other', 'transcript', 'transcript', 'status-update', 'other', undefined]);
    expect(decodeText('hello')).toBeUndefined();
  });
});
