import { EVENT_LIMITS, limitProviderEvent } from '@sidetone/core';
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

describe('decodeWebhook', () => {
  it('decodes every sample without throwing', () => {
    for (const { body } of SAMPLES) {
      const result = decodeWebhook(bytes(JSON.stringify(body)));
      if (result.ok) translate(result.message, context);
      decodeText(JSON.stringify(body));
    }
  });

  it('reads the transcript of a report, but not that of the call object in it', () => {
    const artifact = { messages: [{ role: 'bot', message: 'hello' }] };
    const message = decoded({ type: 'end-of-call-report', call: { id: CALL, artifact }, artifact });
    expect(message).toMatchObject({
      report: { utterances: [{ text: 'hello' }] },
      call: { report: { utterances: [] } },
    });
  });

  it('replaces data that is larger than an event may have by as large a text, and cuts the summary', () => {
    const structuredData = Object.fromEntries(Array.from({ length: 50_000 }, (_, i) => [`key${i}`, i]));
    const analysis = { structuredData, summary: 'x'.repeat(1_000_000) };
    const message = decoded({ type: 'end-of-call-report', call: { id: CALL }, analysis });
    const [, , report] = translate({ ...message, callId: CALL }, context);
    const { cut } = limitProviderEvent(report!);
    expect(cut).toEqual(['call.report.summary', 'call.report.providerData']);
    expect(JSON.stringify(report).length).toBeLessThan(EVENT_LIMITS.data + EVENT_LIMITS.summary + 1000);
  });

  it('never throws for any JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        for (const body of [value, { message: value }, { message: { type: 'transcript', call: value } }]) {
          const result = decodeMessage(body);
          if (result.ok) translate(result.message, context);
        }
      }),
    );
  });

  it('never throws for any value of a field', () => {
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
    ['[]', 'body: expected a JSON object'],
    ['"text"', 'body: expected a JSON object'],
    ['{"message"', 'body: expected JSON, without comments and trailing commas'],
    ['{"message": { // as in an example\n}}', 'body: expected JSON, without comments and trailing commas'],
    ['', 'body: expected JSON, without comments and trailing commas'],
    ['{"message":"x"}', 'message: expected an object'],
    ['{"message":[]}', 'message: expected an object'],
    ['{"message":{}}', 'message.type: expected a non-empty string'],
    ['{}', 'message.type: expected a non-empty string'],
    ['{"message":{"type":"status-update","status":"ringing"}}', 'expected a call id'],
    ['{"message":{"type":"transcript","call":{"id":7}}}', 'expected a call id'],
  ])('rejects %s: %s', (body, problem) => {
    const result = decodeWebhook(bytes(body));
    expect(result.ok ? undefined : result.problem).toContain(problem);
  });

  it('accepts unrelated and unknown messages without a call id', () => {
    for (const name of ['chat.created', 'session.updated', 'campaign.predial']) {
      expect(decodeWebhook(bytes(JSON.stringify(sample(name)))).ok).toBe(true);
    }
    expect(decodeWebhook(bytes('{"message":{"type":"brand.new"}}')).ok).toBe(true);
  });

  it('reads the call id from the x-call-id header if the message has none', () => {
    const result = decodeWebhook(bytes(JSON.stringify(sample('no call object and no timestamp'))), CALL);
    expect(result.ok && result.message.callId).toBe(CALL);
  });

  it('ignores a bracketed suffix of the type', () => {
    expect(decoded(sample('transcript final, literal type string'))).toMatchObject({
      type: 'transcript',
      name: 'transcript',
      kind: 'final',
      text: 'Thank you.',
    });
    const bare = { type: 'transcript[transcriptType="final"]', role: 'user', transcript: 'yes' };
    expect(decoded(bare)).toMatchObject({ kind: 'final' });
  });

  it('keeps the name of an unknown type', () => {
    expect(decoded({ message: { type: 'request' } })).toMatchObject({ type: 'other', name: 'request' });
    expect(decoded({ message: { type: 'toString' } })).toMatchObject({ type: 'other', name: 'toString' });
  });

  it('decodes text frames with and without an envelope, and ignores text that is not JSON', () => {
    const kinds = samplesOf('listen')
      .filter(({ meta }) => meta?.frame === 'text')
      .map(({ body }) => decodeText(JSON.stringify(body))?.type);
    expect(kinds).toEqual(['other', 'transcript', 'transcript', 'status-update', 'other', undefined]);
    expect(decodeText('hello')).toBeUndefined();
  });
});
