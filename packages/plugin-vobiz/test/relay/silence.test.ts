import { describe, expect, it } from 'vitest';
import { withSilence } from '../../src/relay/silence.ts';
import { frame, samplesOf, textOf } from '../samples.ts';

describe('withSilence', () => {
  const payloadIn = (text: string) => (JSON.parse(text) as { media: { payload: string } }).media.payload;

  it.each([
    ['media_current_mulaw_silence', 'audio/x-mulaw', 160, 0xff],
    ['media_current_l16_16k_tone', 'audio/x-l16', 640, 0],
    ['media_60ms_long_frame', 'audio/x-mulaw', 480, 0xff],
    ['media_base64_without_padding', 'audio/x-mulaw', 160, 0xff],
    // Names its own encoding.
    ['media_older_mulaw', 'audio/x-l16', 160, 0xff],
  ])('inserts silence of the same length and changes nothing else: %s', (name, encoding, bytes, value) => {
    const silent = withSilence(frame(name), encoding);
    expect(Buffer.from(payloadIn(silent), 'base64')).toEqual(Buffer.alloc(bytes, value));
    expect(silent.replace(payloadIn(silent), payloadIn(frame(name)))).toBe(frame(name));
  });

  it('replaces an escaped payload', () => {
    const text = '{"event":"media","media":{"payload":"\\/v7+","note":"/v7+"}}';
    expect(payloadIn(withSilence(text, 'audio/x-mulaw'))).toBe('////');
  });

  it('returns a message without audio unchanged', () => {
    const others = samplesOf('stream-in').filter(
      ({ body }) => typeof (body['media'] as { payload?: unknown } | undefined)?.payload !== 'string',
    );
    expect(others.length).toBeGreaterThan(10);
    for (const { body } of others) expect(withSilence(textOf(body), 'audio/x-mulaw')).toBe(textOf(body));
  });
});
