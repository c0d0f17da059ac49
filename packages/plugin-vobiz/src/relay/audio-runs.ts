/**
 * Audio that is played to the caller, as runs without gaps. Payloads keep their own format until they are read; positions
 * are in samples of the timeline on which the runs are placed.
 */
import { decodeMulaw, decodePcm16le } from '@sidetone/core';
import { MAX_AHEAD_MS, resample, resampledLength, type AudioFormat } from '@sidetone/plugin-kit';
import type { ByteOrderOf } from '../stream/byte-order.ts';
import { readPayload } from '../stream/payload.ts';

/** How late audio may arrive and still follow the previous audio without a gap, ms. The timeline lags by this time. */
export const SMOOTHING_MS = 60;

/** Number of neighbouring samples that affect a resampled sample. */
const RESAMPLE_REACH = 64;

const DECODERS = { pcm_s16le: decodePcm16le, mulaw: decodeMulaw } as const;

/** The format of payloads that are played. */
export interface SourceFormat extends AudioFormat {
  /** Byte order of 16-bit samples. */
  readonly byteOrder: ByteOrderOf | undefined;
}

interface Chunk {
  /** Position of its first sample in its run. */
  readonly from: number;
  readonly count: number;
  readonly payload: string;
  /** Decoded on first use. */
  samples?: Int16Array;
}

/** Audio without a gap, in one format. */
interface Run {
  readonly format: SourceFormat;
  /** Position on the timeline. */
  readonly at: number;
  /** In samples of its own rate. */
  length: number;
  chunks: Chunk[];
}

interface AudioRuns {
  readonly isEmpty: boolean;
  /** Appends a payload after the previous audio, or at `now`. Returns false if too much audio is buffered. */
  append(payload: string, samples: number, source: SourceFormat, now: number): boolean;
  /** Returns `count` samples of the timeline; undefined if nothing is played in that time. */
  read(from: number, count: number): Int16Array | undefined;
  /** Returns how many frames of `perFrame` samples between two frames contain audio. */
  framesWithAudio(from: number, to: number, perFrame: number): number;
  /** Drops the audio after a position. */
  truncate(position: number): void;
  /** Releases the audio before a position. */
  release(before: number): void;
  clear(): void;
}

/** @param sampleRate that of the timeline. */
export function createAudioRuns(sampleRate: number): AudioRuns {
  const perMs = sampleRate / 1000;
  let runs: Run[] = [];
  /** Where the last audio ends. */
  let lastEnd = -Infinity;

  const endOf = (run: Run): number => run.at + resampledLength(run.length, run.format.sampleRate, sampleRate);

  /** Returns the run to append to; undefined if too much audio is buffered. */
  function runFor(source: SourceFormat, now: number): Run | undefined {
    if (lastEnd - now > MAX_AHEAD_MS * perMs) return undefined;
    const last = runs.at(-1);
    const follows = now - lastEnd <= SMOOTHING_MS * perMs;
    const isSame = last?.format.encoding === source.encoding && last.format.sampleRate === source.sampleRate;
    if (last && follows && isSame) return last;
    const run: Run = { format: source, at: follows ? lastEnd : now, length: 0, chunks: [] };
    runs.push(run);
    return run;
  }

  return {
    get isEmpty() {
      return runs.length === 0;
    },
    append(payload, samples, source, now) {
      const run = runFor(source, now);
      if (!run) return false;
      run.chunks.push({ from: run.length, count: samples, payload });
      run.length += samples;
      lastEnd = endOf(run);
      return true;
    },
    read(from, count) {
      const played = runs.filter((run) => run.at < from + count && endOf(run) > from);
      if (played.length === 0) return undefined;
      const samples = new Int16Array(count);
      for (const run of played) {
        const start = Math.max(from, run.at);
        const end = Math.min(from + count, endOf(run));
        samples.set(readRun(run, start - run.at, end - start, sampleRate), start - from);
      }
      return samples;
    },
    framesWithAudio(from, to, perFrame) {
      let count = 0;
      let counted = from;
      for (const run of runs) {
        const first = Math.max(counted, Math.floor(run.at / perFrame));
        const end = Math.min(to, Math.ceil(endOf(run) / perFrame));
        if (end <= first) continue;
        count += end - first;
        counted = end;
      }
      return count;
    },
    truncate(position) {
      lastEnd = Math.min(lastEnd, position);
      runs = runs.filter(({ at }) => at < position);
      const last = runs.at(-1);
      if (!last || endOf(last) <= position) return;
      const length = resampledLength(position - last.at, sampleRate, last.format.sampleRate);
      last.length = length;
      last.chunks = last.chunks
        .filter(({ from }) => from < length)
        .map((chunk) => ({ ...chunk, count: Math.min(chunk.count, length - chunk.from) }));
    },
    release(before) {
      while (runs[0] && endOf(runs[0]) <= before) runs.shift();
      const first = runs[0];
      if (!first) return;
      const passed = resampledLength(before - first.at, sampleRate, first.format.sampleRate) - RESAMPLE_REACH;
      while (first.chunks[0] && first.chunks[0].from + first.chunks[0].count <= passed) first.chunks.shift();
    },
    clear() {
      runs = [];
    },
  };
}

const greatestCommonDivisor = (a: number, b: number): number =>
  b === 0 ? a : greatestCommonDivisor(b, a % b);

/** Returns `count` samples of a run at another rate; `from` is in samples of that rate. */
function readRun(run: Run, from: number, count: number, sampleRate: number): Int16Array {
  const own = run.format.sampleRate;
  if (own === sampleRate) return ownSamples(run, from, count);
  // Starts where samples of both rates coincide, so that consecutive pieces join without a seam.
  const shared = greatestCommonDivisor(own, sampleRate);
  const [ownUnit, unit] = [own / shared, sampleRate / shared];
  const units = Math.max(0, Math.floor(((from * own) / sampleRate - RESAMPLE_REACH) / ownUnit));
  const start = units * ownUnit;
  const end = Math.ceil(((from + count) * own) / sampleRate) + RESAMPLE_REACH;
  return resample(ownSamples(run, start, end - start), own, sampleRate, from - units * unit, count);
}

/** Returns samples of a run at its own rate, with silence where there are none. */
function ownSamples(run: Run, from: number, count: number): Int16Array {
  const samples = new Int16Array(count);
  for (const chunk of run.chunks) {
    if (chunk.from >= from + count || chunk.from + chunk.count <= from) continue;
    const own = (chunk.samples ??= decode(chunk, run.format));
    const start = Math.max(from, chunk.from);
    const end = Math.min(from + count, chunk.from + chunk.count, run.length);
    if (end > start) samples.set(own.subarray(start - chunk.from, end - chunk.from), start - from);
  }
  return samples;
}

function decode({ payload }: Chunk, { encoding, byteOrder }: SourceFormat): Int16Array {
  const audio = readPayload(payload, byteOrder);
  return audio ? DECODERS[encoding](audio.bytes) : new Int16Array(0);
}
