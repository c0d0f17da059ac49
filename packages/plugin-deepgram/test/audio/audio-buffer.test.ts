import { decodeMulaw, encodePcm16le } from '@sidetone/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createAudioBuffer,
  MAX_FILL_MS,
  MAX_LAG_MS,
  type AudioBufferOptions,
} from '../../src/audio/audio-buffer.ts';
import { audioOf } from '../samples.ts';

const FRAMES = 160;
const make = (options: Partial<AudioBufferOptions> = {}) =>
  createAudioBuffer({
    channels: 1,
    fromRate: 8000,
    toRate: 8000,
    encoding: 'linear16',
    capacityMs: 15_000,
    ...options,
  });

/** Returns 20 ms of equal samples. */
const frame = (value: number): Uint8Array => encodePcm16le(new Int16Array(FRAMES).fill(value));
const samplesIn = (bytes: Uint8Array): number[] => [...new Int16Array(Uint8Array.from(bytes).buffer)];
/** Returns the runs of equal samples, as value and length. */
function runs(bytes: Uint8Array): [value: number, frames: number][] {
  const found: [number, number][] = [];
  for (const value of samplesIn(bytes)) {
    const last = found.at(-1);
    if (last?.[0] === value) last[1]++;
    else found.push([value, 1]);
  }
  return found;
}

describe('audio of one party', () => {
  it('can be read repeatedly', () => {
    const buffer = make();
    buffer.write(0, frame(1), 1000);
    buffer.write(0, frame(2), 1020);
    const first = buffer.read(0, 1000);
    expect([runs(first.bytes), first.frames, first.atMs]).toEqual([
      [
        [1, 160],
        [2, 160],
      ],
      320,
      1000,
    ]);
    expect(buffer.read(160, 80)).toMatchObject({ frames: 80, atMs: 1020 });
    expect(buffer.read(320, 80).frames).toBe(0);
  });

  it('is encoded like the samples', () => {
    const silence = audioOf('audio_mulaw_8k_mono_20ms_silence');
    const mulaw = make({ encoding: 'mulaw' });
    mulaw.write(0, frame(0), 0);
    expect(Buffer.from(mulaw.read(0, FRAMES).bytes).toString('base64')).toBe(silence.base64);
    expect(Buffer.from(mulaw.silence(FRAMES)).toString('base64')).toBe(silence.base64);
    const tone = Buffer.from(audioOf('audio_l16_8k_mono_20ms_tone').base64, 'base64');
    const linear = make();
    linear.write(0, tone, 0);
    expect(Buffer.from(linear.read(0, FRAMES).bytes)).toEqual(tone);
    expect(samplesIn(linear.silence(2))).toEqual([0, 0]);
  });

  it('is overwritten from the oldest on when the capacity is reached', () => {
    const buffer = make();
    for (let index = 0; index < 800; index++) buffer.write(0, frame(index), index * 20);
    expect([buffer.start, buffer.end]).toEqual([50 * FRAMES, 800 * FRAMES]);
    expect(runs(buffer.read(buffer.start, 2 * FRAMES).bytes)).toEqual([
      [50, 160],
      [51, 160],
    ]);
    expect(runs(buffer.read(798 * FRAMES, 9999).bytes)).toEqual([
      [798, 160],
      [799, 160],
    ]);
    expect(buffer.msAt(buffer.start)).toBe(1000);
  });

  it('has silence in a short hole, and skips the rest of a long one', () => {
    const buffer = make();
    buffer.write(0, frame(1), 0);
    buffer.write(0, frame(2), 500);
    expect(runs(buffer.read(0, 99_999).bytes)).toEqual([
      [1, 160],
      [0, 3840],
      [2, 160],
    ]);
    buffer.write(0, frame(3), 60_000);
    const fill = (MAX_FILL_MS * 8000) / 1000;
    expect(runs(buffer.read(4000, 99_999).bytes)).toEqual([
      [2, 160],
      [0, fill],
    ]);
    const after = buffer.read(4160 + fill, 99_999);
    expect([runs(after.bytes), after.atMs]).toEqual([[[3, 160]], 60_000]);
    expect([buffer.frameAt(60_000), buffer.frameAt(30_000), buffer.frameAt(60_010)]).toEqual([
      4160 + fill,
      4160 + fill,
      4160 + fill + 80,
    ]);
  });

  it('is dropped and counted if its position is in the past', () => {
    const buffer = make();
    buffer.write(0, frame(1), 1000);
    buffer.write(0, frame(2), 500);
    buffer.write(0, frame(3), 1020);
    expect(runs(buffer.read(0, 999).bytes)).toEqual([
      [1, 160],
      [3, 160],
    ]);
    expect(buffer.lateBytes).toBe(320);
  });

  it('is contiguous despite inexact positions', () => {
    const buffer = make();
    for (const [index, atMs] of [0, 23, 38, 60].entries()) buffer.write(0, frame(index + 1), atMs);
    expect(runs(buffer.read(0, 999).bytes).map(([, frames]) => frames)).toEqual([160, 160, 160, 160]);
  });

  it('keeps its position when it is resampled', () => {
    const buffer = make({ fromRate: 16_000 });
    for (let index = 0; index < 50; index++) {
      const samples = new Int16Array(320).fill(index < 25 ? 0 : 8000);
      buffer.write(0, encodePcm16le(samples), index * 20);
    }
    buffer.seal();
    expect(buffer.end).toBe(8000);
    const samples = samplesIn(buffer.read(0, 8000).bytes);
    expect(samples.findIndex((sample) => sample > 4000)).toBeGreaterThan(3990);
    expect(samples.findIndex((sample) => sample > 4000)).toBeLessThan(4010);
  });

  it('is ignored after the buffer is sealed', () => {
    const buffer = make();
    buffer.seal();
    buffer.write(0, frame(1), 0);
    buffer.seal();
    expect(buffer.end).toBe(0);
  });

  it('loses an incomplete sample, and is ignored for an unknown channel', () => {
    const buffer = make();
    buffer.write(0, new Uint8Array(3), 0);
    buffer.write(7, frame(1), 0);
    expect(buffer.end).toBe(1);
  });
});

describe('audio of two parties', () => {
  it('is interleaved like the samples', () => {
    const { base64 } = audioOf('audio_l16_8k_two_channels_20ms');
    const bytes = Buffer.from(base64, 'base64');
    const both = samplesIn(bytes);
    const party = (channel: number) =>
      encodePcm16le(Int16Array.from(both.filter((_, at) => at % 2 === channel)));
    const buffer = make({ channels: 2 });
    buffer.write(0, party(0), 0);
    expect(buffer.end).toBe(0);
    buffer.write(1, party(1), 0);
    expect(Buffer.from(buffer.read(0, FRAMES).bytes)).toEqual(bytes);
  });

  it('has silence for a party that is too late', () => {
    const buffer = make({ channels: 2 });
    for (let index = 0; index < 20; index++) buffer.write(0, frame(1), index * 20);
    expect(buffer.end).toBe(20 * FRAMES - (MAX_LAG_MS * 8000) / 1000);
    expect(samplesIn(buffer.read(0, 2).bytes)).toEqual([1, 0, 1, 0]);
    buffer.seal();
    expect(buffer.end).toBe(20 * FRAMES);
  });

  it('is read as written for any sizes and capacities', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(sizes, fc.constantFrom('linear16', 'mulaw'), (lengths, encoding) => {
        const buffer = make({ channels: 2, encoding, capacityMs: 1000 });
        let written = 0;
        let read = 0;
        for (const length of lengths) {
          const samples = Int16Array.from({ length }, (_, at) => ((written + at) % 100) * 100);
          buffer.write(0, encodePcm16le(samples), (written * 1000) / 8000);
          buffer.write(1, encodePcm16le(samples.map((sample) => -sample)), (written * 1000) / 8000);
          written += length;
          expect(buffer.end).toBe(written);
          for (let chunk = buffer.read(read, 700); chunk.frames > 0; chunk = buffer.read(read, 700)) {
            const values = encoding === 'mulaw' ? [...decodeMulaw(chunk.bytes)] : samplesIn(chunk.bytes);
            for (let at = 0; at < chunk.frames; at++) {
              const expected = ((read + at) % 100) * 100;
              const isNear = (value: number, exact: number) =>
                Math.abs(value - exact) <= (encoding === 'mulaw' ? 8 + Math.abs(exact) / 16 : 0);
              expect(isNear(values[at * 2]!, expected) && isNear(values[at * 2 + 1]!, -expected)).toBe(true);
            }
            expect(chunk.atMs).toBeCloseTo((read * 1000) / 8000);
            read += chunk.frames;
          }
        }
      }),
      { numRuns: 40 },
    );
  });
});
