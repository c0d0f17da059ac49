/** Compressed recordings: the same samples as in the WAV file, readable from each seek point, and what makes compression fail. */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeWavHeader, type WavFormat } from '@sidetone/core';
import { createFakeClock } from '@sidetone/testkit';
import { afterAll, describe, expect, test } from 'vitest';
import { createCodec } from '../../src/recording/compression/codec-threads.ts';
import { decodeHead, headLength, spansOf, type FlacHead } from '../../src/recording/flac/head.ts';
import { bytesOf, tone } from '../audio/signals.ts';
import { tempDir } from '../support/temp-dir.ts';
import { CODEC_PROGRAM } from '../support/codec.ts';

const dir = tempDir();
const codec = createCodec(createFakeClock(), CODEC_PROGRAM);
afterAll(() => codec.close());
const hasSox = spawnSync('sox', ['--version']).error === undefined;
let count = 0;

/** Tones with silence, noise and the extreme values. */
function samplesOf({ channels, sampleRate }: WavFormat, frames: number): Uint8Array {
  const voice = tone(440, sampleRate, (1000 * frames) / sampleRate, 20_000);
  let noise = 1;
  const samples = Int16Array.from({ length: frames * channels }, (_, i) => {
    noise = (noise * 1_103_515_245 + 12_345) & 0x7fffffff;
    const frame = Math.floor(i / channels);
    if (i % channels === 1) return frame % 5000 < 2500 ? 0 : (noise % 5) - 2;
    return frame % 977 === 0 ? (frame % 2 === 0 ? 32_767 : -32_768) : (voice[frame] ?? 0);
  });
  return bytesOf(samples);
}

async function compress(format: WavFormat, frames: number) {
  const name = join(dir, String(count++));
  const [source, target] = [`${name}.wav`, `${name}.flac`];
  const samples = samplesOf(format, frames);
  writeFileSync(source, Buffer.concat([encodeWavHeader(format, samples.length), samples]));
  utimesSync(source, 1_700_000_000, 1_700_000_000);
  const { bytes } = await codec.compress({ source, target, format, frames });
  const file = readFileSync(target);
  expect([file.length, statSync(target).mode & 0o777]).toEqual([bytes, 0o600]);
  return { source, target, samples, file, head: decodeHead(file.subarray(0, headLength(file)))! };
}

const decodeSpan = (file: Buffer, head: FlacHead, index: number): Promise<Uint8Array> => {
  const { from, to } = spansOf(head, file.length)[index]!;
  return codec.decode(head.stream, file.subarray(from, to));
};

describe.each([
  { channels: 1, sampleRate: 8000 },
  { channels: 2, sampleRate: 8000 },
  { channels: 1, sampleRate: 16_000 },
  { channels: 2, sampleRate: 16_000 },
])('$channels channels with $sampleRate Hz', (format) => {
  test('are decoded to the same samples from each seek point', async () => {
    const frames = 13 * format.sampleRate + 7;
    const { samples, file, head } = await compress(format, frames);
    expect(head).toMatchObject({ format, frames });
    expect(Buffer.from(head.md5)).toEqual(createHash('md5').update(samples).digest());
    expect(head.points.length).toBe(3);
    for (const [i, { firstFrame, endFrame }] of spansOf(head, file.length).entries()) {
      const expected = samples.subarray(firstFrame * 2 * format.channels, endFrame * 2 * format.channels);
      expect(Buffer.compare(await decodeSpan(file, head, i), expected)).toBe(0);
    }
  });
});

const STEREO: WavFormat = { channels: 2, sampleRate: 16_000 };

test.skipIf(!hasSox)('is a file that another decoder reads', async () => {
  const { target, samples } = await compress(STEREO, 100_001);
  const raw = execFileSync('sox', [target, '-t', 'raw', '-'], { maxBuffer: 2 ** 24 });
  expect(Buffer.compare(raw, samples)).toBe(0);
});

test('compresses a single sample, and samples that end with a block', async () => {
  for (const frames of [1, 4096, 2 * 77_824]) {
    const { samples, file, head } = await compress(STEREO, frames);
    const parts = await Promise.all(head.points.map((_, i) => decodeSpan(file, head, i)));
    expect(Buffer.compare(Buffer.concat(parts), samples)).toBe(0);
  }
});

test('has the modification time of the WAV file, which is left as it is', async () => {
  const { source, target, samples } = await compress(STEREO, 5000);
  expect(statSync(target).mtimeMs).toBe(statSync(source).mtimeMs);
  expect(Buffer.compare(readFileSync(source).subarray(44), samples)).toBe(0);
});

test('fails if the source is too short, missing or a symbolic link, or the target exists', async () => {
  const { source, target } = await compress(STEREO, 5000);
  const job = { source, target: join(dir, 'other.flac'), format: STEREO, frames: 5000 };
  symlinkSync(source, join(dir, 'link.wav'));
  await expect(codec.compress({ ...job, frames: 5001 })).rejects.toThrow('too short');
  await expect(codec.compress({ ...job, target })).rejects.toMatchObject({ code: 'EEXIST' });
  await expect(codec.compress({ ...job, source: join(dir, 'none.wav') })).rejects.toMatchObject({
    code: 'ENOENT',
  });
  await expect(
    codec.compress({ ...job, source: join(dir, 'link.wav'), target: join(dir, 'link.flac') }),
  ).rejects.toMatchObject({ code: 'ELOOP' });
  expect(existsSync(join(dir, 'link.flac'))).toBe(false);
});

test('damaged blocks are rejected, and the next ones are decoded', async () => {
  const { file, head, samples } = await compress(STEREO, 50_000);
  const damaged = Buffer.from(file);
  damaged[head.bytes + 2000]! ^= 0xff;
  await expect(decodeSpan(damaged, head, 0)).rejects.toThrow('damaged');
  expect(Buffer.compare(await decodeSpan(file, head, 0), samples)).toBe(0);
});

test('a compression can be ended, and the next one starts', async () => {
  const long = compress(STEREO, 2_000_000).catch((error: unknown) => error);
  await codec.cancelCompression();
  expect(await long).toMatchObject({ message: 'the thread was ended' });
  await compress(STEREO, 5000);
});
