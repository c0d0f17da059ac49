/** A compressed file is decoded before it may replace the WAV file. */
import { readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeWavHeader } from '@sidetone/core';
import { afterEach, expect, test, vi } from 'vitest';
import { compressFile } from '../../src/recording/compression/compress-file.ts';
import { bytesOf, tone } from '../audio/signals.ts';
import { tempDir } from '../support/temp-dir.ts';

const decoded = vi.hoisted(() => ({ change: (_samples: Uint8Array): void => undefined }));

vi.mock(import('../../src/recording/flac/decoder.ts'), async (original) => {
  const { decodeBlocks } = await original();
  return {
    decodeBlocks(...blocks) {
      const samples = decodeBlocks(...blocks);
      decoded.change(samples);
      return samples;
    },
  };
});

const dir = tempDir();
const format = { channels: 2, sampleRate: 16_000 };
const samples = bytesOf(tone(300, 16_000, 2000));
let count = 0;

function job() {
  const name = join(dir, String(count++));
  const source = `${name}.wav`;
  writeFileSync(source, Buffer.concat([encodeWavHeader(format, samples.length), samples]));
  return { source, target: `${name}.flac`, format, frames: samples.length / 4 };
}

afterEach(() => {
  decoded.change = () => undefined;
});

test('succeeds if the result has the same samples', async () => {
  const { fetch } = globalThis;
  const { target, ...rest } = job();
  expect((await compressFile({ target, ...rest })).bytes).toBe(readFileSync(target).length);
  // The library is loaded without it.
  expect(globalThis.fetch).toBe(fetch);
});

test('fails if one sample differs', async () => {
  decoded.change = (found) => void (found[1000]! ^= 1);
  await expect(compressFile(job())).rejects.toThrow('the FLAC file has other samples');
});

test('fails if the WAV file is written meanwhile', async () => {
  const written = job();
  decoded.change = () => utimesSync(written.source, 1, 1);
  await expect(compressFile(written)).rejects.toThrow('the WAV file was changed meanwhile');
});
