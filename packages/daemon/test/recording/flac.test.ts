/** FLAC encoding in a thread, from its sources: the format, the samples, memory, and what ends it. */
import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { FlacOptions } from '../../src/recording/flac/encoder.ts';
import { encodeFlac, flacThreads, type StartFlacThread } from '../../src/recording/flac/flac-threads.ts';
import { bytesOf, tone } from '../audio/signals.ts';
import { tempDir } from '../support/temp-dir.ts';

const dir = tempDir();
const RATE = 16_000;
const SECONDS = 3;
const FRAMES = RATE * SECONDS;
const OPTIONS: FlacOptions = { channels: 2, sampleRate: RATE, frames: FRAMES };
const start = flacThreads({
  module: new URL('../fixtures/flac-thread.mjs', import.meta.url),
  execArgv: ['--conditions=@sidetone/source'],
});

/** A tone and extreme values in the left channel, another tone after silence in the right one. */
function stereo(): Uint8Array {
  const [left, right] = [tone(440, RATE, SECONDS * 1000, 20_000), tone(300, RATE, SECONDS * 1000, 9000)];
  left.set([32_767, -32_768, 0, -1, 1], 1000);
  const samples = Int16Array.from({ length: 2 * FRAMES }, (_, i) =>
    i % 2 === 0 ? left[i / 2]! : i < FRAMES ? 0 : right[(i - 1) / 2]!,
  );
  return bytesOf(samples);
}

/** Yields parts of a size, and counts those that were requested. */
function partsOf(bytes: Uint8Array, size: number) {
  const source = {
    read: 0,
    isEnded: false,
    async *parts() {
      try {
        for (let at = 0; at < bytes.length; at += size) {
          source.read++;
          yield bytes.subarray(at, at + size);
        }
      } finally {
        source.isEnded = true;
      }
    },
  };
  return source;
}

async function collect(parts: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const part of parts) all.push(part);
  return Buffer.concat(all);
}

/** Counts the threads that run. */
function counted(): { start: StartFlacThread; running: number } {
  const counter = {
    running: 0,
    start: ((options) => {
      const thread = start(options);
      counter.running++;
      const terminate = async (): Promise<unknown> => {
        await thread.terminate();
        return counter.running--;
      };
      return { ...thread, terminate };
    }) as StartFlacThread,
  };
  return counter;
}

const hasSox = spawnSync('sox', ['--version']).error === undefined;

test('is a stream with the format and the length in its head, for parts that end within a sample', async () => {
  // Neither a multiple of a frame of two samples, nor of the blocks of the encoder.
  const flac = await collect(encodeFlac(partsOf(stereo(), 10_001).parts(), OPTIONS, start));
  expect(flac.toString('latin1', 0, 4)).toBe('fLaC');
  expect(flac[4]! & 0x7f).toBe(0);
  const format = flac.readBigUInt64BE(18);
  expect({
    sampleRate: Number(format >> 44n),
    channels: Number((format >> 41n) & 7n) + 1,
    bits: Number((format >> 36n) & 31n) + 1,
    frames: Number(format & 0xfffffffffn),
  }).toEqual({ sampleRate: RATE, channels: 2, bits: 16, frames: FRAMES });
  // Zero: not known when the head is sent.
  expect(flac.subarray(26, 42)).toEqual(Buffer.alloc(16));
  expect(flac.length).toBeLessThan(stereo().length / 2);
});

test.skipIf(!hasSox)('is decoded to the same samples by another decoder', async () => {
  const file = join(dir, 'call.flac');
  writeFileSync(file, await collect(encodeFlac(partsOf(stereo(), 10_001).parts(), OPTIONS, start)));
  const raw = execFileSync('sox', [file, '-t', 'raw', '-'], { maxBuffer: 2 ** 24 });
  expect(raw.equals(stereo())).toBe(true);
});

test('reads the next samples only when the consumer asks for more', async () => {
  const source = partsOf(stereo(), 16_384);
  const encoded = encodeFlac(source.parts(), OPTIONS, start);
  await encoded.next();
  const { read } = source;
  // The first bytes are the head, which is sent with the first samples.
  expect(read).toBe(1);
  await new Promise((resolve) => setImmediate(resolve));
  expect(source.read).toBe(read);
  await encoded.return(undefined);
});

test('ends the thread and the source when the consumer leaves', async () => {
  const threads = counted();
  const source = partsOf(stereo(), 16_384);
  const encoded = encodeFlac(source.parts(), OPTIONS, threads.start);
  await encoded.next();
  expect([threads.running, source.isEnded]).toEqual([1, false]);
  await encoded.return(undefined);
  expect([threads.running, source.isEnded]).toEqual([0, true]);
});

test('fails with a code if the format is not supported, or the thread ends', async () => {
  const threads = counted();
  const unsupported = encodeFlac(
    partsOf(stereo(), 16_384).parts(),
    { ...OPTIONS, channels: 9 },
    threads.start,
  );
  await expect(collect(unsupported)).rejects.toMatchObject({ code: 'ENCODER_FAILED' });
  expect(threads.running).toBe(0);
  const thread = start(OPTIONS);
  await thread.terminate();
  await expect(thread.send(stereo())).rejects.toMatchObject({ code: 'ENCODER_FAILED' });
});
