import { describe, expect, it } from 'vitest';
import { decodeListenQuery, isRejection, MAX_QUERY_LENGTH } from '../../src/deepgram/listen-query.ts';

const RAW = 'model=nova-3&encoding=linear16&sample_rate=8000';

const decode = (query: string): ReturnType<typeof decodeListenQuery> =>
  decodeListenQuery(new URLSearchParams(query));

describe('decodeListenQuery', () => {
  it('has defaults', () => {
    expect(decode('encoding=mulaw&sample_rate=8000')).toEqual({
      model: 'nova-3',
      encoding: 'mulaw',
      sampleRate: 8_000,
      channels: 1,
      multichannel: false,
      interimResults: false,
      endpointingMs: 10,
      utteranceEndMs: undefined,
      vadEvents: false,
      punctuate: false,
      isMultilingual: false,
      extra: undefined,
    });
  });

  it('decodes all parameters', () => {
    const query =
      'model=nova-3-medical&language=multi&language_hint=hi&encoding=linear16&sample_rate=16000&channels=2&multichannel=true' +
      '&interim_results=true&endpointing=300&utterance_end_ms=1500&vad_events=true&smart_format=true&keyterm=Meridian%20Cover' +
      '&mip_opt_out=true&tag=live-monitor&extra=call:c7f1&colour=red';
    expect(decode(query)).toEqual({
      model: 'nova-3-medical',
      encoding: 'linear16',
      sampleRate: 16_000,
      channels: 2,
      multichannel: true,
      interimResults: true,
      endpointingMs: 300,
      utteranceEndMs: 1_500,
      vadEvents: true,
      punctuate: true,
      isMultilingual: true,
      extra: { call: 'c7f1' },
    });
  });

  it('can disable endpointing', () => {
    expect(decode(`${RAW}&endpointing=false`)).toMatchObject({ endpointingMs: undefined });
  });

  it.each([
    ['model=nova-3', 'encoding is required'],
    [`${RAW.replace('linear16', 'opus')}`, 'unexpected value for encoding'],
    ['model=nova-3&encoding=mulaw', 'sample_rate is required'],
    [`${RAW.replace('8000', '8k')}`, 'sample_rate must be a whole number from 4000 to 96000'],
    [`${RAW}&channels=3`, 'channels must be a whole number from 1 to 2'],
    [`${RAW}&multichannel=yes`, 'unexpected value for multichannel'],
    [`${RAW}&interim_results=1`, 'unexpected value for interim_results'],
    [`${RAW}&endpointing=soon`, 'endpointing must be'],
    [`${RAW}&interim_results=true&utterance_end_ms=999`, 'utterance_end_ms must be'],
    [`${RAW}&interim_results=true&utterance_end_ms=5001`, 'utterance_end_ms must be'],
    [`${RAW}&utterance_end_ms=1000`, 'utterance_end_ms needs interim_results=true'],
    [`${RAW}&keywords=Meridian:2`, 'Keywords are not supported for Nova-3'],
    [`${RAW.replace('nova-3', 'nova-2')}&keyterm=Meridian`, 'Keyterms need a Nova-3 model'],
    [`${RAW}&${'keyterm=word&'.repeat(501)}`, 'The maximum number of tokens'],
    [`${RAW}&language=hi-Latn`, 'No such model and language combination'],
    [`${RAW}&language=english`, 'No such model and language combination'],
    [`${RAW}&language_hint=hi`, 'language_hint needs language=multi'],
    [`${RAW}&tag=${'x'.repeat(129)}`, 'tag may have 128 characters'],
    [`${RAW}&extra=${'x'.repeat(2_049)}`, 'extra may have 2048 characters'],
    [RAW.replace('nova-3', 'flux-general-en'), 'This model needs the v2 API'],
  ])('rejects %s with 400', (query, reason) => {
    expect(decode(query)).toMatchObject({
      status: 400,
      code: 'INVALID_QUERY_PARAMETER',
      reason: expect.stringContaining(reason),
    });
  });

  it('rejects a query that is too long, and a model without streaming', () => {
    expect(decode(`${RAW}&replace=${'x'.repeat(MAX_QUERY_LENGTH)}`)).toMatchObject({ status: 414 });
    expect(decode(RAW.replace('nova-3', 'whisper-large'))).toMatchObject({ status: 405 });
  });

  it.each(['nova-2-phonecall', 'nova-3-general'])('accepts the model %s', (model) => {
    expect(isRejection(decode(RAW.replace('nova-3', model)))).toBe(false);
  });

  it('accepts keywords with an older model', () => {
    expect(isRejection(decode(`${RAW.replace('nova-3', 'nova-2')}&keywords=Meridian:2`))).toBe(false);
  });
});
