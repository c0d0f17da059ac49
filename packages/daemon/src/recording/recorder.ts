/**
 * Records the audio of one call: collects frames into blocks of one second and passes them to a block writer. Frames are
 * accepted without waiting. A failed write ends the recording.
 */
import { encodePcm16le, type WavFormat } from '@sidetone/core';
import { BYTES_PER_MS, CHANNELS, FRAME_BYTES, FRAME_MS, SAMPLE_RATE } from '../audio/frames.ts';
import type { AudioSink } from '../audio/ports.ts';
import { createBlockWriter, type BlockWriter } from './block-writer.ts';
import type { WavFile } from './wav-file.ts';

export const FORMAT: WavFormat = { channels: CHANNELS, sampleRate: SAMPLE_RATE };
/** A block holds one second. */
const BLOCK_BYTES = 1000 * BYTES_PER_MS;
/** Largest recording, bytes of samples: nine hours. GraphQL integers have 31 bits. */
export const MAX_RECORDING_BYTES = 2 ** 31 - 2 ** 16;

export interface RecordingStart {
  /** Time of the first sample in the file, epoch ms. */
  readonly startedAt: number;
  readonly file: Promise<WavFile>;
}

export interface RecorderDeps {
  /** Called once, with the time of the first audio, epoch ms. */
  readonly start: (at: number) => RecordingStart;
  /** Called once, if nothing more can be written. What was written is kept. */
  readonly onFailed: (reason: string) => void;
}

export interface Recorder extends AudioSink {
  /** Whether any audio has arrived. */
  readonly hasStarted: boolean;
  /** Bytes of samples in the file. */
  readonly bytes: number;
  /** Audio dropped because the disk was too slow, ms. */
  readonly droppedMs: number;
  /** Writes the remaining audio and closes the file. Never rejects. */
  finish(): Promise<void>;
}

/** Returns a recorder that waits for its first audio. The caller finishes it. */
export function createRecorder({ start, onFailed }: RecorderDeps): Recorder {
  let startedAt = 0;
  let writer: BlockWriter | undefined;
  let block = new Uint8Array(BLOCK_BYTES);
  let filled = 0;
  /** Position of the block after the header, bytes. */
  let blockAt = 0;
  let isAccepting = true;
  let hasFailed = false;

  function fail(reason: string): void {
    isAccepting = false;
    if (hasFailed) return;
    hasFailed = true;
    onFailed(reason);
  }

  function open(at: number): BlockWriter {
    const { file, ...recording } = start(at);
    startedAt = recording.startedAt;
    return createBlockWriter(file, (error) => fail(reasonOf(error)));
  }

  function closeBlock(): void {
    if (filled === 0) return;
    writer?.push({ at: blockAt, bytes: block.subarray(0, filled) });
    block = new Uint8Array(BLOCK_BYTES);
    filled = 0;
  }

  return {
    needsSilence: false,
    frame(samples, frameAt) {
      if (!isAccepting) return;
      writer ??= open(frameAt);
      // A recording continued after a restart started on another grid of frames.
      const at = Math.round((frameAt - startedAt) / FRAME_MS) * FRAME_BYTES;
      if (at < 0) return;
      if (at + FRAME_BYTES > MAX_RECORDING_BYTES) {
        closeBlock();
        return fail('it has reached the maximum size');
      }
      if (at !== blockAt + filled || filled === BLOCK_BYTES) closeBlock();
      if (filled === 0) blockAt = at;
      block.set(encodePcm16le(samples), filled);
      filled += FRAME_BYTES;
    },
    async finish() {
      closeBlock();
      isAccepting = false;
      await writer?.close();
    },
    get hasStarted() {
      return writer !== undefined;
    },
    get bytes() {
      return writer?.bytes ?? 0;
    },
    get droppedMs() {
      return writer?.droppedMs ?? 0;
    },
  };
}

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk is full',
  EACCES: 'no permission to write to the folder',
  EPERM: 'no permission to write to the folder',
  EROFS: 'the file system is read-only',
};

/** Returns why a file cannot be written, without its path. */
function reasonOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  const known = code !== undefined && Object.hasOwn(REASONS, code) ? REASONS[code] : undefined;
  return known ?? `writing failed (${code ?? 'no error code'})`;
}
