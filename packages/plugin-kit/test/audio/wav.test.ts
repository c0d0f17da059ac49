import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeWav } from '../../src/index.ts';

interface WavParts {
  readonly kind?: number;
  readonly channels?: number;
  readonly rate?: number;
  readonly bits: number;
  readonly data: readonly number[];
  readonly before?: readonly number[];
  readonly dataSize?: number;
}

const le = (value: number, bytes: number): number[] =>
  Array.from({ length: bytes }, (_, i) => Math.floor(value / 2 ** (8 * i)) & 0xff);
const ascii = (text: string): number[] => [...new TextEncoder().encode(text)];

function wav({
  kind = 1,
  channels = 1,
  rate = 8000,
  bits,
  data,
  before = [],
  dataSize,
}: WavParts): Uint8Array {
  const block = (channels * bits) / 8;
  const fmt = [
    ...le(kind, 2),
    ...le(channels, 2),
    ...le(rate, 4),
    ...le(rate * block, 4),
    ...le(block, 2),
    ...le(bits, 2),
  ];
  return Uint8Array.from([
    ...ascii('RIFF'),
    ...le(0, 4),
    ...ascii('WAVE'),
    ...before,
    ...ascii('fmt '),
    ...le(fmt.length, 4),
    ...fmt,
    ...ascii('data'),
    ...le(dataSize ?? data.length, 4),
    ...data,
  ]);
}

const samplesOf = (file: Uint8Array): number[] => {
  const result = decodeWav(file);
  if (!result.ok) throw new Error(result.problem);
  return [...result.sound.samples];
};

describe('decodeWav', () => {
  it.each([
    ['8 bits, unsigned', { bits: 8, data: [128, 255, 0] }, [0, 32_512, -32_768]],
    ['16 bits', { bits: 16, data: [0x01, 0x00, 0xff, 0xff] }, [1, -1]],
    ['24 bits', { bits: 24, data: [0x99, 0x34, 0x12, 0, 0, 0x80] }, [0x1234, -32_768]],
    ['32 bits', { bits: 32, data: [0, 0, 0x34, 0x12] }, [0x1234]],
    ['floats', { kind: 3, bits: 32, data: [0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0] }, [32_767, -32_767]],
    ['mu-law', { kind: 7, bits: 8, data: [0xff, 0x00] }, [0, -32_124]],
    ['two channels, mixed', { channels: 2, bits: 16, data: [10, 0, 20, 0] }, [15]],
  ])('decodes %s', (_name, parts, expected) => {
    expect(samplesOf(wav(parts))).toEqual(expected);
  });

  it('skips unknown chunks, also of odd length', () => {
    const before = [...ascii('LIST'), ...le(3, 4), 1, 2, 3, 0];
    expect(samplesOf(wav({ bits: 16, data: [7, 0], before }))).toEqual([7]);
  });

  it('decodes the available samples if the declared size is too large', () => {
    expect(samplesOf(wav({ bits: 16, data: [7, 0, 9], dataSize: 0xffff_ffff }))).toEqual([7]);
  });

  it.each([
    ['not a WAV file', Uint8Array.from(ascii('ID3 and then an MP3'))],
    ['unsupported format 85', wav({ kind: 85, bits: 16, data: [0, 0] })],
    ['number of channels: 0', wav({ channels: 0, bits: 16, data: [0, 0] })],
    ['sample rate: 1 Hz', wav({ rate: 1, bits: 16, data: [0, 0] })],
    ['no audio data', Uint8Array.from([...ascii('RIFF'), ...le(4, 4), ...ascii('WAVE')])],
    ['missing format', Uint8Array.from([...ascii('RIFF____WAVEdata'), ...le(2, 4), 0, 0])],
  ])('returns a reason: %s', (problem, file) => {
    const result = decodeWav(file);
    expect(result.ok ? '' : result.problem).toContain(problem);
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => void decodeWav(bytes)));
    const good = wav({ bits: 16, data: [1, 0, 2, 0] });
    fc.assert(
      fc.property(fc.nat({ max: good.length - 1 }), fc.nat({ max: 255 }), (at, value) => {
        decodeWav(good.with(at, value));
      }),
    );
  });
});
