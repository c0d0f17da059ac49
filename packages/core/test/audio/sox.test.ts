/** Compares the audio functions with SoX. Skipped if `sox` is not installed. */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  createResampler,
  decodeMulaw,
  decodePcm16be,
  encodeMulaw,
  encodePcm16be,
  encodePcm16le,
  decodePcm16le,
  encodeWavHeader,
  LevelMeter,
} from '@sidetone/core';
import { describe, expect, test } from 'vitest';
import { amplitudeAt, concat, middleOf, sine } from './signals.ts';

const hasSox = spawnSync('sox', ['--version']).status === 0;
const why = hasSox ? '' : ' (skipped: sox is not installed)';

const RAW = (rate: number, order = '-L'): string[] => [
  '-t',
  'raw',
  '-r',
  String(rate),
  '-e',
  'signed',
  '-b',
  '16',
  '-c',
  '1',
  order,
];
const sox = (input: Uint8Array, ...args: string[]): Buffer => execFileSync('sox', args, { input });

/** Returns the statistics of SoX for a signal, in dBFS. */
function statsOf(samples: Int16Array, rate: number): { rmsDb: number; peakDb: number } {
  const { stderr } = spawnSync('sox', [...RAW(rate), '-', '-n', 'stats'], { input: encodePcm16le(samples) });
  const read = (name: string): number =>
    Number(new RegExp(`${name}\\s+(-?[\\d.inf]+)`).exec(String(stderr))![1]);
  return { rmsDb: read('RMS lev dB'), peakDb: read('Pk lev dB') };
}

describe.skipIf(!hasSox)(`agrees with SoX${why}`, () => {
  test.each([
    ['a full-scale sine', sine(1000, 16_000, 16_000)],
    ['a quiet sine', sine(300, 16_000, 16_000, 328)],
    [
      'a clipped sine',
      sine(1000, 16_000, 16_000, 60_000).map((it) => Math.max(-32_768, Math.min(32_767, it))),
    ],
    ['a constant', new Int16Array(16_000).fill(-8192)],
  ])('on the level of %s', (_name, samples) => {
    const meter = new LevelMeter(16_000);
    meter.push(samples, 0);
    const [ours, theirs] = [meter.read(0, 1000), statsOf(samples, 16_000)];
    expect(Math.abs(ours.rmsDb - theirs.rmsDb)).toBeLessThan(0.02);
    expect(Math.abs(ours.peakDb - theirs.peakDb)).toBeLessThan(0.02);
  });

  test('on mu-law decoding and encoding', () => {
    const samples = Int16Array.from({ length: 65_536 }, (_, i) => i - 32_768);
    const mulaw = ['-t', 'raw', '-r', '8000', '-e', 'mu-law', '-b', '8', '-c', '1'];
    const octets = Uint8Array.from({ length: 256 }, (_, i) => i);
    const decoded = decodePcm16le(Uint8Array.from(sox(octets, '-D', ...mulaw, '-', ...RAW(8000), '-')));
    expect([...decoded]).toEqual([...decodeMulaw(octets)]);
    const encoded = sox(encodePcm16le(samples), '-D', ...RAW(8000), '-', ...mulaw, '-');
    const [theirs, ours] = [decodeMulaw(Uint8Array.from(encoded)), decodeMulaw(encodeMulaw(samples))];
    // A value halfway between two steps may be rounded either way.
    const stepAt = (it: number): number => (Math.abs(it) + 132) / 16 + 8;
    expect(samples.every((it, i) => Math.abs(theirs[i]! - ours[i]!) <= stepAt(it))).toBe(true);
  });

  test('on byte order', () => {
    const samples = sine(440, 8000, 800, 12_345);
    const swapped = sox(encodePcm16le(samples), '-D', ...RAW(8000), '-', ...RAW(8000, '-B'), '-');
    expect(Buffer.from(encodePcm16be(samples)).equals(swapped)).toBe(true);
    expect([...decodePcm16be(Uint8Array.from(swapped))]).toEqual([...samples]);
  });

  test.each([
    [8000, 16_000],
    [24_000, 16_000],
    [48_000, 16_000],
    [16_000, 8000],
    [16_000, 48_000],
  ])('on resampling from %d to %d Hz', (from, to) => {
    const samples = sine(1000, from, from, 12_000);
    const resampler = createResampler(from, to);
    const ours = middleOf(concat([resampler.push(samples), resampler.flush()]));
    const theirs = middleOf(
      decodePcm16le(Uint8Array.from(sox(encodePcm16le(samples), '-D', ...RAW(from), '-', ...RAW(to), '-'))),
    );
    expect(ours.length).toBe(theirs.length);
    expect(Math.abs(amplitudeAt(1000, to, ours) - amplitudeAt(1000, to, theirs))).toBeLessThan(25);
    expect(Math.max(...ours.map((sample, i) => Math.abs(sample - theirs[i]!)))).toBeLessThan(60);
  });

  test('on the header of a WAV file', () => {
    const samples = encodePcm16le(sine(440, 16_000, 3200));
    const wav = Buffer.concat([
      encodeWavHeader({ channels: 2, sampleRate: 16_000 }, samples.length),
      samples,
    ]);
    const { stderr } = spawnSync('sox', ['-V3', '-t', 'wav', '-', '-n'], { input: wav });
    expect(String(stderr)).toMatch(/Channels\s+: 2\nSample Rate\s+: 16000\nPrecision\s+: 16-bit/);
    expect(sox(wav, '-D', '-t', 'wav', '-', '-t', 'raw', '-L', '-').equals(samples)).toBe(true);
  });
});

test.runIf(!hasSox)('sox is not installed, so the results were not compared', () => {
  expect(hasSox).toBe(false);
});
