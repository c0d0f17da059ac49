/**
 * Writes one call's audio into its file, second by second, each at its time. Frames are taken without waiting; a disk
 * that is slow costs the oldest of what waits, which then is silence, and one that takes nothing ends the recording.
 */
import { encodePcm16le, type WavFormat } from '@sidetone/core';
import type { AudioSink } from '../audio/ports.ts';
import type { WavFile } from './wav-file.ts';

/** What recordings are made of: the customer on the left, the assistant on the right. */
export const FORMAT: WavFormat = { channels: 2, sampleRate: 16_000 };
export const BYTES_PER_MS = (FORMAT.channels * FORMAT.sampleRate * 2) / 1000;
const FRAME_MS = 20;
const FRAME_BYTES = FRAME_MS * BYTES_PER_MS;
/** What is written at once: a second. */
const BLOCK_BYTES = 1000 * BYTES_PER_MS;
/** Most seconds that wait for the disk: the oldest beyond are left out, counted. */
export const MAX_WAITING_BLOCKS = 10;
/** After how many blocks the head is brought up to date. */
const BLOCKS_A_HEAD = 10;
/** Largest recording, bytes of samples: nine hours. GraphQL tells sizes in 31 bits. */
export const MAX_RECORDING_BYTES = 2 ** 31 - 2 ** 16;

interface Block {
  readonly at: number;
  readonly bytes: Uint8Array;
}

interface Begun {
  /** When the file begins, epoch ms. */
  readonly startedAt: number;
  readonly file: Promise<WavFile>;
}

export interface RecorderDeps {
  /** Called once the first audio has come, with when it was heard, epoch ms. */
  readonly begin: (at: number) => Begun;
  /** Called once, when no more can be written. What was written is kept. */
  readonly onFailed: (reason: string) => void;
}

export interface Recorder extends AudioSink {
  /** Whether any audio has come. */
  readonly hasBegun: boolean;
  /** Bytes of samples that are in the file. */
  readonly bytes: number;
  /** How much was left out because the disk was slow, ms. */
  readonly droppedMs: number;
  /** Writes what waits, and closes the file. Never rejects. */
  finish(): Promise<void>;
}

/** A recorder that waits for its first audio. Whoever makes it lets it finish. */
export function createRecorder({ begin, onFailed }: RecorderDeps): Recorder {
  let begun: Begun | undefined;
  let block = new Uint8Array(BLOCK_BYTES);
  let filled = 0;
  /** Where the block begins in the sound, bytes. */
  let blockAt = 0;
  let waiting: Block[] = [];
  let writing: Promise<void> | undefined;
  let bytes = 0;
  let blocks = 0;
  let droppedMs = 0;
  let isTaking = true;
  let hasFailed = false;

  /** No frame is taken any longer; what waits is still written. */
  function give(up: string): void {
    isTaking = false;
    if (hasFailed) return;
    hasFailed = true;
    onFailed(up);
  }

  function fail(error: unknown): void {
    waiting = [];
    give(reasonOf(error));
  }

  function start(heardAt: number): Begun {
    const it = begin(heardAt);
    it.file.catch(fail);
    return it;
  }

  function closeBlock(): void {
    if (filled === 0) return;
    waiting.push({ at: blockAt, bytes: block.subarray(0, filled) });
    block = new Uint8Array(BLOCK_BYTES);
    filled = 0;
    if (waiting.length > MAX_WAITING_BLOCKS) droppedMs += waiting.shift()!.bytes.length / BYTES_PER_MS;
    writing ??= writeAll().finally(() => (writing = undefined));
  }

  async function writeAll(): Promise<void> {
    try {
      const file = await begun!.file;
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        await file.write(next.bytes, next.at);
        bytes = Math.max(bytes, next.at + next.bytes.length);
        if (++blocks % BLOCKS_A_HEAD === 0) await file.describe(bytes);
      }
    } catch (error) {
      fail(error);
    }
  }

  async function close(): Promise<void> {
    await writing;
    try {
      const file = await begun?.file;
      if (!file) return;
      try {
        await file.describe(bytes);
      } finally {
        await file.close();
      }
    } catch (error) {
      fail(error);
    }
  }

  return {
    needsSilence: false,
    frame(samples, heardAt) {
      if (!isTaking) return;
      begun ??= start(heardAt);
      const { startedAt } = begun;
      // A file that goes on after the daemon was away may have begun on another grid.
      const at = Math.round((heardAt - startedAt) / FRAME_MS) * FRAME_BYTES;
      if (at < 0) return;
      if (at + FRAME_BYTES > MAX_RECORDING_BYTES) {
        closeBlock();
        return give('it is as large as a recording may be');
      }
      if (at !== blockAt + filled || filled === BLOCK_BYTES) closeBlock();
      if (filled === 0) blockAt = at;
      block.set(encodePcm16le(samples), filled);
      filled += FRAME_BYTES;
    },
    async finish() {
      closeBlock();
      isTaking = false;
      await close();
    },
    get hasBegun() {
      return begun !== undefined;
    },
    get bytes() {
      return bytes;
    },
    get droppedMs() {
      return droppedMs;
    },
  };
}

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk is full',
  EACCES: 'its folder may not be written to',
  EPERM: 'its folder may not be written to',
  EROFS: 'its folder may not be written to',
};

/** Why a file cannot be written, without its path. */
function reasonOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  const known = code !== undefined && Object.hasOwn(REASONS, code) ? REASONS[code] : undefined;
  return known ?? `the disk does not take it (${code ?? 'no reason was given'})`;
}
