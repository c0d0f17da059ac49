import { describe, expect, it } from 'vitest';
import { encodeLinear16 } from '../../../src/audio/pcm.ts';
import { createAudioDecoder, decodeAppMessage } from '../../../src/vobiz/stream/app-messages.ts';
import { sine } from '../../support/signal.ts';

const ID = 'b81d4c3e-2f60-4a7b-8e19-5d0a7c94f6b2';
const decode = (message: unknown): unknown =>
  decodeAppMessage(typeof message === 'string' ? message : JSON.stringify(message), ID);
const play = (media: unknown): unknown => decode({ event: 'playAudio', streamId: ID, media });
const L16 = { contentType: 'audio/x-l16', sampleRate: 8_000, payload: 'AAA=' };

describe('decodeAppMessage', () => {
  it.each([
    ['audio/x-l16', 8_000],
    ['audio/x-l16', 16_000],
    ['audio/x-l16', 24_000],
    ['audio/x-mulaw', 8_000],
  ])('accepts %s at %i Hz', (contentType, sampleRate) => {
    expect(play({ contentType, sampleRate, payload: 'AAA=' })).toMatchObject({
      event: 'playAudio',
      audio: { contentType, sampleRate },
    });
  });

  it.each([
    ['contentType', { ...L16, contentType: 'audio/x-l16;rate=8000' }],
    ['contentType', { ...L16, contentType: 'audio/wav' }],
    ['contentType', undefined],
    ['contentType', null],
    ['sampleRate', { ...L16, sampleRate: '8000' }],
    ['sampleRate', { ...L16, sampleRate: 44_100 }],
    ['sampleRate', { ...L16, contentType: 'audio/x-mulaw', sampleRate: 16_000 }],
    ['payload', { ...L16, payload: '' }],
    ['payload', { ...L16, payload: 'AAA' }],
    ['payload', { ...L16, payload: '@@not*base64@@' }],
    ['payload', { ...L16, payload: 7 }],
    ['payload', { ...L16, payload: 'AAAA' }],
  ])('ignores playAudio with an invalid %s: %j', (refusal, media) => {
    expect(play(media)).toBe(refusal);
  });

  it.each([
    [
      { event: 'checkpoint', streamId: ID, name: 'a' },
      { event: 'checkpoint', name: 'a' },
    ],
    [
      { event: 'checkpoint', name: 'नमस्ते-🙏-1' },
      { event: 'checkpoint', name: 'नमस्ते-🙏-1' },
    ],
    [{ event: 'clearAudio' }, { event: 'clearAudio' }],
    [{ event: 'stop', streamId: ID }, { event: 'stop' }],
  ])('accepts %j with and without the id of its stream', (message, expected) => {
    expect(decode(message)).toEqual(expected);
  });

  it.each([
    ['name', { event: 'checkpoint', streamId: ID }],
    ['other stream', { event: 'stop', streamId: 'another' }],
    ['sendDTMF', { event: 'sendDTMF', dtmf: '12#' }],
    ['unknown event', { event: 'shout' }],
    ['unknown event', { event: 'toString' }],
    ['unknown event', { event: 7 }],
    ['not a JSON object', '[]'],
    ['not a JSON object', '{"event"'],
  ])('returns the reason "%s" for %j', (refusal, message) => {
    expect(decode(message)).toBe(refusal);
  });
});

describe('the decoder of application audio', () => {
  const tone = sine(440, 320);
  const audio = (bytes: Buffer): Parameters<ReturnType<typeof createAudioDecoder>>[0] => ({
    contentType: 'audio/x-l16',
    sampleRate: 16_000,
    bytes,
  });

  it('uses the byte order of the behaviour', () => {
    expect(createAudioDecoder()(audio(encodeLinear16(tone, 'be')), 'be')).toEqual(tone);
    expect(createAudioDecoder()(audio(encodeLinear16(tone)), 'be')).not.toEqual(tone);
  });

  it.each([
    ['audio/x-l16', 24_000, 960],
    ['audio/x-l16', 8_000, 320],
    ['audio/x-mulaw', 8_000, 160],
  ] as const)('converts %s at %i Hz to the rate of calls', (contentType, sampleRate, bytes) => {
    const decodeAudio = createAudioDecoder();
    const chunk = { contentType, sampleRate, bytes: Buffer.alloc(bytes) };
    const lengths = [1, 2, 3].map(() => decodeAudio(chunk, 'le').length);
    expect(lengths.slice(1)).toEqual([320, 320]);
  });
});
