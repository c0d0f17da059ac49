import { describe, expect, it } from 'vitest';
import { CONTENT_TYPES, createEncoder, decodeStream } from '../../../src/vobiz/stream/stream-format.ts';
import { rms, samplesOf, sine } from '../../support/signal.ts';

describe('decodeStream', () => {
  it('has the documented defaults', () => {
    expect(decodeStream({}, 'ws://x')).toEqual({
      url: 'ws://x',
      bidirectional: false,
      keepCallAlive: false,
      audioTrack: 'inbound',
      tracks: ['inbound'],
      contentType: 'audio/x-l16;rate=8000',
      timeoutMs: 86_400_000,
      maxRetries: 0,
      statusCallbackUrl: undefined,
      statusCallbackMethod: 'POST',
      extraHeaders: {},
    });
  });

  it.each([
    ['-3', 0],
    ['4', 4],
    ['99', 10],
    ['many', 0],
  ])('limits maxRetries %s to %i', (maxRetries, expected) => {
    expect(decodeStream({ maxRetries }, 'ws://x')?.maxRetries).toBe(expected);
  });

  it.each(['both', 'outbound'])('rejects a two-way stream of %s', (audioTrack) => {
    expect(decodeStream({ audioTrack, bidirectional: 'true' }, 'ws://x')).toBeUndefined();
    expect(decodeStream({ audioTrack, bidirectional: 'false' }, 'ws://x')).toBeDefined();
  });

  it('keeps the call alive only for a two-way stream', () => {
    expect(decodeStream({ keepCallAlive: 'true' }, 'ws://x')?.keepCallAlive).toBe(false);
    expect(decodeStream({ keepCallAlive: 'true', bidirectional: 'true' }, 'ws://x')?.keepCallAlive).toBe(
      true,
    );
  });

  it('parses extra headers as pairs', () => {
    expect(decodeStream({ extraHeaders: 'tenant=acme, agent=asha,odd' }, 'ws://x')?.extraHeaders).toEqual({
      tenant: 'acme',
      agent: 'asha',
    });
  });
});

describe('a frame', () => {
  it.each([
    ['audio/x-mulaw;rate=8000', 160],
    ['audio/x-l16;rate=8000', 320],
    ['audio/x-l16;rate=16000', 640],
  ] as const)('of %s has %i bytes', (contentType, bytes) => {
    expect(createEncoder(contentType)(new Int16Array(320))).toHaveLength(bytes);
  });

  it('of silence in mu-law is all 0xFF', () => {
    const frame = createEncoder('audio/x-mulaw;rate=8000')(new Int16Array(320));
    expect(frame.every((byte) => byte === 0xff)).toBe(true);
  });

  it('of L16 is little-endian by default', () => {
    const tone = sine(440, 320);
    const frame = createEncoder('audio/x-l16;rate=16000')(tone);
    expect(samplesOf(frame)).toEqual(tone);
    expect(rms(samplesOf(frame))).toBeGreaterThan(5_000);
    const swapped = createEncoder('audio/x-l16;rate=16000')(tone, 'be');
    expect(samplesOf(Buffer.from(swapped).swap16())).toEqual(tone);
  });

  it('has an encoder for each content type', () => {
    expect(Object.keys(CONTENT_TYPES)).toHaveLength(3);
  });
});
