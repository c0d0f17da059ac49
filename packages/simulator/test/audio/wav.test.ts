import { describe, expect, it } from 'vitest';
import { parseMulawWav } from '../../src/audio/wav.ts';

function wav({ format = 7, channels = 1, data = Buffer.of(0xff, 0x00) } = {}): Buffer {
  const head = Buffer.alloc(24);
  head.write('fmt ', 0);
  head.writeUInt32LE(16, 4);
  head.writeUInt16LE(format, 8);
  head.writeUInt16LE(channels, 10);
  head.writeUInt32LE(16_000, 12);
  const odd = Buffer.from('LIST\x03\x00\x00\x00abc\x00', 'latin1');
  const tail = Buffer.alloc(8);
  tail.write('data', 0);
  tail.writeUInt32LE(data.length, 4);
  return Buffer.concat([Buffer.from('RIFF\0\0\0\0WAVE', 'latin1'), head, odd, tail, data]);
}

describe('parseMulawWav', () => {
  it('returns the rate and the samples, and skips other chunks', () => {
    const { sampleRate, samples } = parseMulawWav(wav());
    expect(sampleRate).toBe(16_000);
    expect([...samples]).toEqual([0, -32_124]);
  });

  it.each([
    ['is not a WAV file', Buffer.from('hello, I am a text'), 'no RIFF header'],
    ['is not mu-law', wav({ format: 1 }), 'expected mu-law'],
    ['is not mono', wav({ channels: 2 }), 'expected mono'],
    ['has no data', wav().subarray(0, 48), 'no data'],
  ])('throws for a file that %s', (_, file, message) => {
    expect(() => parseMulawWav(file)).toThrow(message);
  });
});
