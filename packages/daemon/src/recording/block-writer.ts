/**
 * Writes blocks of samples to a WAV file in the background. A slow disk makes blocks wait, up to a limit; the oldest beyond it
 * are dropped and stay silent in the file. A block that late audio has changed replaces the one that still waits.
 */
import { BYTES_PER_MS } from '../audio/frames.ts';
import type { WavFile } from './wav-file.ts';

/** Most blocks that wait for the disk. */
export const MAX_WAITING_BLOCKS = 10;
/** Number of blocks after which the header is updated. */
const BLOCKS_PER_HEADER = 10;

export interface Block {
  /** Position of the block after the header, bytes. */
  readonly at: number;
  readonly bytes: Uint8Array;
}

export interface BlockWriter {
  /** Bytes of samples in the file. */
  readonly bytes: number;
  /** Audio dropped because the disk was too slow, ms. */
  readonly droppedMs: number;
  /** Number of blocks that wait for the disk. */
  readonly waiting: number;
  push(block: Block): void;
  /** Writes the waiting blocks and closes the file. Never rejects. */
  close(): Promise<void>;
}

const isSamePlace = (a: Block, b: Block): boolean => a.at === b.at && a.bytes.length === b.bytes.length;

/** @param onFailed called with each error of the file. Waiting blocks are then dropped. */
export function createBlockWriter(
  opening: Promise<WavFile>,
  onFailed: (error: unknown) => void,
): BlockWriter {
  let waiting: Block[] = [];
  let writing: Promise<void> | undefined;
  let bytes = 0;
  let blocks = 0;
  let droppedBytes = 0;

  function fail(error: unknown): void {
    waiting = [];
    onFailed(error);
  }

  async function writeAll(): Promise<void> {
    try {
      const file = await opening;
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        await file.write(next.bytes, next.at);
        bytes = Math.max(bytes, next.at + next.bytes.length);
        if (++blocks % BLOCKS_PER_HEADER === 0) await file.writeHeader(bytes);
      }
    } catch (error) {
      fail(error);
    }
  }

  opening.catch(fail);
  return {
    get bytes() {
      return bytes;
    },
    get droppedMs() {
      return droppedBytes / BYTES_PER_MS;
    },
    get waiting() {
      return waiting.length;
    },
    push(block) {
      const revised = waiting.findIndex((other) => isSamePlace(other, block));
      if (revised >= 0) waiting[revised] = block;
      else waiting.push(block);
      if (waiting.length > MAX_WAITING_BLOCKS) droppedBytes += waiting.shift()!.bytes.length;
      writing ??= writeAll().finally(() => (writing = undefined));
    },
    async close() {
      await writing;
      try {
        const file = await opening;
        try {
          await file.writeHeader(bytes);
        } finally {
          await file.close();
        }
      } catch (error) {
        fail(error);
      }
    },
  };
}
