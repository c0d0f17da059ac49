import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { translateDtmf, translateStart, translateWebhook } from '../src/translate.ts';
import { decodeWebhook } from '../src/webhook/webhook-form.ts';
import { decodeStreamMessage, formatOf, type StreamMessageOf } from '../src/wire.ts';
import { CALL, form, frame, SAMPLES, samplesOf, STREAM, textOf } from './samples.ts';

const decoded = (name: string) => decodeStreamMessage(frame(name));

function decodeAndTranslate(text: string): void {
  const message = decodeStreamMessage(text);
  if (message.type === 'start') translateStart(CALL, message, 1);
  if (message.type === 'dtmf') translateDtmf(CALL, message, 1);
}

describe('decoding', () => {
  it('accepts every sample without throwing', () => {
    for (const { body } of SAMPLES) {
      decodeAndTranslate(textOf(body));
      const fields = Object.entries(body).map(([name, value]): [string, string] => [name, String(value)]);
      const result = decodeWebhook(new URLSearchParams(fields));
      if (result.ok) translateWebhook(result.webhook, 1);
    }
  });

  it('is total on any JSON, and on any text', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => decodeAndTranslate(JSON.stringify(value))));
    fc.assert(fc.property(fc.string(), decodeAndTranslate));
  });

  it('is total on any value of any field that it reads', () => {
    const events = fc.constantFrom('start', 'media', 'dtmf', 'stop', 'error', 'playedStream', 'constructor');
    fc.assert(
      fc.property(events, fc.jsonValue(), fc.jsonValue(), (event, inner, value) => {
        const nested = { start: inner, media: inner, dtmf: inner, stop: inner, error: inner };
        decodeAndTranslate(
          JSON.stringify({ event, streamId: value, callId: value, digit: value, ...nested }),
        );
        const media = { payload: value, chunk: value, timestamp: value, track: value, digit: value };
        decodeAndTranslate(
          JSON.stringify({ event, start: { tracks: value, mediaFormat: value }, media, dtmf: media }),
        );
      }),
    );
  });

  it('is total on any form', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.string()), (fields) => {
        const result = decodeWebhook(new URLSearchParams({ CallUUID: 'c', ...fields }));
        if (result.ok) translateWebhook(result.webhook, 1);
      }),
    );
  });
});

describe('a media message', () => {
  const PAYLOADS = ['fn5+', 'fn5', 'fn4=', '/w==', '', '=', 'fn5+!', 'fn 5', 'fn5+\\n', ' fn5+ '];
  const USUAL = {
    sequenceNumber: 12,
    streamId: 'b81d4c3e-2f60-4a7b-8e19-5d0a7c94f6b2',
    track: 'inbound',
    timestamp: '1790000000240',
    chunk: 12,
    payload: 'fn5+',
    extra: '{}',
    space: '',
  };
  const VALUES = {
    sequenceNumber: fc.oneof(fc.nat(), fc.constantFrom(-1, 1.5, null, '7')),
    streamId: fc.constantFrom('b81d4c3e-2f60-4a7b-8e19-5d0a7c94f6b2', 'a "quoted" one', '', ' s ', 7, null),
    track: fc.constantFrom('inbound', 'outbound', 'both', '', null),
    timestamp: fc.constantFrom('1790000000240', 1_790_000_000_240, '9999999999999', '0', '', null),
    chunk: fc.oneof(fc.nat(), fc.constantFrom(1e20, 0.5, -3, '12', null)),
    payload: fc.constantFrom(...PAYLOADS, null),
    extra: fc.constantFrom(undefined, '{}', '{"a":1}', ''),
    space: fc.constantFrom('', ' '),
  };
  const change = fc.oneof(
    ...Object.entries(VALUES).map(([name, values]) =>
      (values as fc.Arbitrary<unknown>).map((value) => ({ [name]: value })),
    ),
  );
  /** A usual message in which up to two fields have other values. */
  const media = fc
    .array(change, { maxLength: 2 })
    .map((changes) => Object.assign({}, USUAL, ...changes) as Readonly<Record<keyof typeof USUAL, unknown>>);

  /** The message in the order of fields that Vobiz uses, or in another. */
  function textsOf({ sequenceNumber, streamId, track, timestamp, chunk, payload, extra, space }: Media) {
    const more = extra === undefined ? {} : { extra_headers: extra };
    const inner = { track, timestamp, chunk, payload };
    const usual = JSON.stringify({ sequenceNumber, streamId, event: 'media', media: inner, ...more });
    const other = JSON.stringify({ event: 'media', ...more, media: inner, streamId, sequenceNumber });
    return {
      usual: usual.replaceAll('":', `":${String(space)}`).replaceAll(',"', `,${String(space)}"`),
      other,
    };
  }
  type Media = typeof media extends fc.Arbitrary<infer Value> ? Value : never;

  it('is decoded equally in any order of its fields', () => {
    let checked = 0;
    fc.assert(
      fc.property(media, (fields) => {
        const { usual, other } = textsOf(fields);
        const { isBase64, ...decodedUsual } = decodeStreamMessage(usual) as StreamMessageOf<'media'>;
        if (isBase64) checked++;
        expect(decodedUsual).toEqual(decodeStreamMessage(other));
      }),
      { numRuns: 2000 },
    );
    expect(checked).toBeGreaterThan(10);
  });

  it('is known to be base64 only in the form that Vobiz sends', () => {
    const known = PAYLOADS.filter((payload) => {
      const { usual: text } = textsOf({ ...USUAL, payload });
      return (decodeStreamMessage(text) as StreamMessageOf<'media'>).isBase64;
    });
    expect(known).toEqual(['fn5+', 'fn5', 'fn4=', '/w==']);
    expect(decodeStreamMessage(frame('media_bad_base64'))).not.toHaveProperty('isBase64');
    expect(decodeStreamMessage(frame('media_current_mulaw_silence'))).toHaveProperty('isBase64');
  });
});

describe('the start message', () => {
  it('is decoded in the nested form', () => {
    expect(decoded('start_nested_mulaw_8k')).toEqual({
      type: 'start',
      streamId: STREAM,
      callId: CALL,
      tracks: ['inbound'],
      format: { encoding: 'audio/x-mulaw', sampleRate: 8000 },
    });
  });

  it('is decoded in the older, flat form', () => {
    expect(decoded('start_flat_older_both_16k')).toEqual({
      type: 'start',
      streamId: STREAM,
      callId: 'CALL_7h2k9',
      tracks: ['inbound', 'outbound'],
      format: { encoding: 'audio/x-l16', sampleRate: 16_000 },
      from: '+918000000001',
      to: '+919000000002',
      direction: 'outbound',
    });
  });

  it('is decoded with missing fields and numbers as text', () => {
    expect(decoded('start_flat_minimal_missing_optional')).toEqual({
      type: 'start',
      streamId: STREAM,
      callId: 'CALL_7h2k9',
      tracks: [],
    });
    expect(decoded('start_nested_rate_as_string')).toMatchObject({ format: { sampleRate: 16_000 } });
  });

  it.each([
    [{ start: { callUUID: 'c', stream_id: 's' } }],
    [{ CallUUID: 'c', streamId: 's', start: {} }],
    [{ call_uuid: 'c', stream_id: 's' }],
  ])('has its call and stream in any documented place: %j', (fields) => {
    expect(decodeStreamMessage(JSON.stringify({ event: 'start', ...fields }))).toMatchObject({
      callId: 'c',
      streamId: 's',
    });
  });

  it.each([
    ['audio/x-l16;rate=16000', undefined, { encoding: 'audio/x-l16', sampleRate: 16_000 }],
    ['Audio/X-MULAW ; rate=8000', undefined, { encoding: 'audio/x-mulaw', sampleRate: 8000 }],
    ['audio/x-l16', 16_000, { encoding: 'audio/x-l16', sampleRate: 16_000 }],
    ['audio/x-l16', undefined, { encoding: 'audio/x-l16', sampleRate: 8000 }],
    [undefined, 8000, undefined],
  ])('has the format %j with rate %j', (type, rate, format) => {
    expect(formatOf(type, rate)).toEqual(format);
  });
});

describe('other stream messages', () => {
  it('are decoded in both forms of media', () => {
    expect(decoded('media_current_mulaw_silence')).toMatchObject({
      type: 'media',
      streamId: STREAM,
      track: 'inbound',
      timestamp: 1_790_000_000_100,
      chunk: 5,
    });
    const older = decoded('media_older_mulaw');
    expect(older).toMatchObject({ type: 'media', streamId: STREAM });
    expect(older).not.toHaveProperty('track');
  });

  it.each([
    ['dtmf_plivo_shape', '5'],
    ['dtmf_digit_as_number', '7'],
    ['dtmf_flat_digit', '#'],
    ['dtmf_missing_digit', undefined],
  ])('%s has the digits %s', (name, digits) => {
    const message = decoded(name);
    expect(message.type === 'dtmf' ? message.digits : 'no dtmf').toBe(digits);
  });

  it.each([
    ['stop_older_call_ended', 'stop'],
    ['stop_nested_twilio_like', 'stop'],
    ['played_stream_without_name', 'played'],
    ['cleared_audio', 'cleared'],
    ['error_hypothetical', 'error'],
    ['event_not_a_string', 'unknown'],
    ['raw_truncated_json', 'malformed'],
    ['media_payload_not_a_string', 'media'],
    ['media_without_media_object', 'media'],
  ])('%s is %s', (name, type) => {
    expect(decoded(name).type).toBe(type);
  });

  it('of the samples have known types', () => {
    const types = samplesOf('stream-in').map(({ body }) => decodeStreamMessage(textOf(body)).type);
    expect(types.filter((type) => type === 'unknown' || type === 'malformed')).toHaveLength(2);
  });
});

describe('a webhook', () => {
  it('is decoded from its fields', () => {
    const result = decodeWebhook(new URLSearchParams(form('hangup_normal_caller')));
    expect(result.ok && result.webhook).toEqual({
      callId: CALL,
      event: 'Hangup',
      callStatus: 'completed',
      direction: 'inbound',
      from: '919000000002',
      to: '918000000001',
      createdAt: Date.UTC(2026, 9, 2, 6, 15, 4, 120),
      hangup: {
        cause: 'NORMAL_CLEARING',
        code: 4000,
        name: 'Normal Hangup',
        source: 'Caller',
        durationSeconds: 73,
        billedSeconds: 120,
        cost: 0,
        answeredAt: Date.UTC(2026, 9, 2, 6, 15, 9),
        endedAt: Date.UTC(2026, 9, 2, 6, 16, 22),
      },
    });
  });

  it('requires a call id, in one of two spellings', () => {
    const lowerCase = decodeWebhook(new URLSearchParams(form('record_rest_callback_lowercase')));
    expect(lowerCase.ok && lowerCase.webhook.callId).toBe(CALL);
    for (const fields of ['', 'CallUUID=', 'CallUUID=%20', 'From=1']) {
      expect(decodeWebhook(new URLSearchParams(fields))).toEqual({
        ok: false,
        problem: 'webhook without CallUUID',
      });
    }
  });
});
