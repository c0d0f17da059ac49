/** Blocks that wait for the disk. */
import { describe, expect, test } from 'vitest';
import { createBlockWriter, MAX_WAITING_BLOCKS, type Block } from '../../src/recording/block-writer.ts';
import type { WavFile } from '../../src/recording/wav-file.ts';

const SECOND = 64_000;

const secondOf = (second: number, value: number): Block => ({
  at: second * SECOND,
  bytes: new Uint8Array(SECOND).fill(value),
});

/** Returns a writer whose file opens on `open`, and what the file received: second and first byte of each block. */
function createSlowWriter() {
  const written: [second: number, value: number][] = [];
  let open: (file: WavFile) => void = () => undefined;
  const writer = createBlockWriter(new Promise((resolve) => (open = resolve)), (error) => {
    throw error;
  });
  const file: WavFile = {
    write: (bytes, at) => Promise.resolve(void written.push([at / SECOND, bytes[0]!])),
    writeHeader: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
  return { writer, written, open: () => open(file) };
}

describe('a block writer', () => {
  test('writes a waiting block that is pushed again once, with its last content, and drops nothing', async () => {
    const { writer, written, open } = createSlowWriter();
    const seconds = Array.from({ length: MAX_WAITING_BLOCKS }, (_, second) => second);
    for (const value of [0, 1, 2]) for (const second of seconds) writer.push(secondOf(second, value));
    expect(writer.droppedMs).toBe(0);
    open();
    await writer.close();
    expect(written).toEqual(seconds.map((second) => [second, 2]));
    expect(writer.bytes).toBe(MAX_WAITING_BLOCKS * SECOND);
  });

  test('keeps both blocks if the second one is shorter', async () => {
    const { writer, written, open } = createSlowWriter();
    writer.push(secondOf(0, 1));
    writer.push({ at: 0, bytes: new Uint8Array(640).fill(2) });
    open();
    await writer.close();
    expect(written).toEqual([
      [0, 1],
      [0, 2],
    ]);
  });

  test('drops the oldest block beyond the limit', async () => {
    const { writer, written, open } = createSlowWriter();
    for (let second = 0; second <= MAX_WAITING_BLOCKS; second += 1) writer.push(secondOf(second, 1));
    expect(writer.droppedMs).toBe(1000);
    open();
    await writer.close();
    expect(written[0]).toEqual([1, 1]);
  });
});
