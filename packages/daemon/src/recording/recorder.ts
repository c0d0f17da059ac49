/**
 * Records the audio of one call: passes its blocks to a block writer, with their positions in the file. Blocks are accepted
 * without waiting. A failed write ends the recording.
 */
import { encodePcm16le, type WavFormat } from '@sidetone/core';
import { BYTES_PER_MS, CHANNELS, SAMPLE_RATE } from '../audio/frames.ts';
import type { LossReport } from '../audio/loss-report.ts';
import type { AudioBlockSink } from '../audio/ports.ts';
import { mapNowOrLater, type NowOrLater } from '../now-or-later.ts';
import { createBlockWriter, MAX_WAITING_BLOCKS, type BlockWriter } from './block-writer.ts';
import type { WavFile } from './wav-file.ts';

export const FORMAT: WavFormat = { channels: CHANNELS, sampleRate: SAMPLE_RATE };
/** Largest recording, bytes of samples: nine hours. GraphQL integers have 31 bits. */
export const MAX_RECORDING_BYTES = 2 ** 31 - 2 ** 16;

export interface RecordingStart {
  /** Time of the first sample in the file, epoch ms. */
  readonly startedAt: number;
  readonly file: Promise<WavFile>;
}

export interface RecorderDeps {
  /** Called once, with the time of the first audio, epoch ms. Undefined if nothing can be recorded any more. Never rejects. */
  readonly start: (at: number) => NowOrLater<RecordingStart | undefined>;
  /** Called once, if nothing more can be written. What was written is kept. */
  readonly onFailed: (reason: string) => void;
  readonly losses: LossReport;
}

export interface Recorder extends AudioBlockSink {
  /** Whether any audio has arrived. */
  readonly hasStarted: boolean;
  /** Bytes of samples in the file. */
  readonly bytes: number;
  /** Audio dropped because the disk was too slow, ms. */
  readonly droppedMs: number;
  /** Number of blocks that wait for the disk. */
  readonly waiting: number;
  /** Writes the remaining audio and closes the file. Never rejects. */
  finish(): Promise<void>;
}

interface EarlyBlock {
  /** Start of the block, epoch ms. */
  readonly at: number;
  readonly bytes: Uint8Array;
}

/** Returns a recorder that waits for its first audio. The caller finishes it. */
export function createRecorder({ start, onFailed, losses }: RecorderDeps): Recorder {
  let startedAt = 0;
  let writer: BlockWriter | undefined;
  let starting: NowOrLater<void> | undefined;
  let hasStarted = false;
  /** The blocks that arrived before it was known where they begin. */
  let early: EarlyBlock[] = [];
  let droppedEarlyBytes = 0;
  let isAccepting = true;
  let hasFailed = false;

  function fail(reason: string): void {
    isAccepting = false;
    if (hasFailed) return;
    hasFailed = true;
    onFailed(reason);
  }

  function open(started: RecordingStart | undefined): void {
    if (!started) return;
    startedAt = started.startedAt;
    writer = createBlockWriter(started.file, (error) => fail(reasonOf(error)));
    for (const { bytes, at } of early) write(writer, bytes, at);
    early = [];
  }

  function write(to: BlockWriter, bytes: Uint8Array, blockAt: number): void {
    const at = Math.round(blockAt - startedAt) * BYTES_PER_MS;
    if (at + bytes.length > MAX_RECORDING_BYTES) return fail('it has reached the maximum size');
    // A recording that continues after a restart has no audio before its start.
    const before = Math.min(bytes.length, Math.max(0, -at));
    to.push({ at: at + before, bytes: bytes.subarray(before) });
  }

  function hold(block: EarlyBlock): void {
    early = [...early.filter(({ at }) => at !== block.at), block];
    if (early.length > MAX_WAITING_BLOCKS) droppedEarlyBytes += early.shift()!.bytes.length;
  }

  return {
    start(at) {
      if (!isAccepting || hasStarted) return;
      hasStarted = true;
      starting = mapNowOrLater(start(at), open);
    },
    block(samples, blockAt) {
      if (!isAccepting) return;
      const bytes = encodePcm16le(samples);
      if (writer) write(writer, bytes, blockAt);
      else if (hasStarted) hold({ at: blockAt, bytes });
    },
    lost: losses.lost,
    async finish() {
      isAccepting = false;
      losses.end();
      await starting;
      await writer?.close();
    },
    get hasStarted() {
      return hasStarted;
    },
    get bytes() {
      return writer?.bytes ?? 0;
    },
    get waiting() {
      return writer?.waiting ?? early.length;
    },
    get droppedMs() {
      return (writer?.droppedMs ?? 0) + droppedEarlyBytes / BYTES_PER_MS;
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
