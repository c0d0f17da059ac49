/**
 * What is played to the caller, laid on the call's time line: an agent sends audio faster than it is spoken, Vobiz plays
 * it in real time, and this tells when. Audio keeps its own rate until it is due. While nobody wants to hear it nothing
 * is decoded, and nothing runs.
 */
import {
  decodeMulaw,
  decodePcm16le,
  encodeMulaw,
  encodePcm16le,
  FRAME_MS,
  pace,
  type Clock,
} from '@sidetone/core';
import { MAX_AHEAD_MS, resample, resampledLength, type AudioFormat } from '@sidetone/plugin-kit';
import type { ByteOrderOf } from '../stream/byte-order.ts';
import { payloadBytes, readPayload } from '../stream/payload.ts';

/** How late audio may come and still follow what was before it without a gap, ms. What is heard lags behind by it. */
export const SMOOTHING_MS = 60;

/** How many samples around a stretch have a say in it when its rate is changed. */
const REACH = 64;

const SAMPLE_BYTES = { pcm_s16le: 2, mulaw: 1 } as const;
const DECODERS = { pcm_s16le: decodePcm16le, mulaw: decodeMulaw } as const;
const ENCODERS = { pcm_s16le: encodePcm16le, mulaw: encodeMulaw } as const;

/** How audio that is played is written down. */
export interface VoiceFormat extends AudioFormat {
  /** Of 16-bit samples. */
  readonly byteOrder: ByteOrderOf | undefined;
}

interface Chunk {
  /** Its place among the samples of its run. */
  readonly from: number;
  readonly count: number;
  readonly payload: string;
  samples?: Int16Array;
}

/** Audio without a gap, all in one format. */
interface Run {
  readonly format: VoiceFormat;
  /** Where it begins on the time line, in samples of the line. */
  readonly at: number;
  /** In samples of its own. */
  length: number;
  chunks: Chunk[];
}

export interface VoiceLineDeps {
  readonly clock: Clock;
  /** How the line itself is written down. */
  readonly format: AudioFormat;
  readonly isWanted: () => boolean;
  /** Takes 20 ms of audio in `format`; where nothing is played nothing is told. */
  readonly write: (bytes: Uint8Array, positionMs: number) => void;
}

export interface VoiceLine {
  /** Takes audio that is played behind what waits, or now. */
  push(payload: string, format: VoiceFormat): void;
  /** What was not yet heard will not be. */
  clear(): void;
  /** Whether it is wanted has changed. */
  wake(): void;
  end(): void;
  /** Milliseconds of audio that were left out because too much waited. */
  readonly droppedMs: number;
}

/** A line that begins now. Whoever makes it ends it. */
export function createVoiceLine({ clock, format, isWanted, write }: VoiceLineDeps): VoiceLine {
  const origin = clock.now();
  const perMs = format.sampleRate / 1000;
  const perFrame = FRAME_MS * perMs;
  let runs: Run[] = [];
  /** Where the last of the audio ends. */
  let lastEnd = -Infinity;
  /** The next frame to be told of. */
  let next = 0;
  let stopPacing: (() => void) | undefined;
  let droppedMs = 0;

  const here = (): number => Math.floor((clock.now() - origin) * perMs);
  const dueFrame = (): number => Math.floor((clock.now() - origin - SMOOTHING_MS) / FRAME_MS);
  const endOf = ({ at, length, format: { sampleRate } }: Run): number =>
    at + resampledLength(length, sampleRate, format.sampleRate);

  function runFor(source: VoiceFormat): Run | undefined {
    if (lastEnd - here() > MAX_AHEAD_MS * perMs) return undefined;
    const last = runs.at(-1);
    const follows = here() - lastEnd <= SMOOTHING_MS * perMs;
    const isSame = last?.format.encoding === source.encoding && last.format.sampleRate === source.sampleRate;
    if (last && follows && isSame) return last;
    const run: Run = { format: source, at: follows ? lastEnd : here(), length: 0, chunks: [] };
    runs.push(run);
    return run;
  }

  /** Forgets what lies before a place on the line. */
  function forget(before: number): void {
    while (runs[0] && endOf(runs[0]) <= before) runs.shift();
    const first = runs[0];
    if (!first) return;
    const passed = resampledLength(before - first.at, format.sampleRate, first.format.sampleRate) - REACH;
    while (first.chunks[0] && first.chunks[0].from + first.chunks[0].count <= passed) first.chunks.shift();
  }

  function frame(number: number): void {
    const from = number * perFrame;
    const heard = runs.filter((run) => run.at < from + perFrame && endOf(run) > from);
    if (heard.length === 0) return;
    const mixed = new Int16Array(perFrame);
    for (const run of heard) {
      const start = Math.max(from, run.at);
      const end = Math.min(from + perFrame, endOf(run));
      mixed.set(read(run, start - run.at, end - start, format.sampleRate), start - from);
    }
    write(ENCODERS[format.encoding](mixed), number * FRAME_MS);
  }

  function step(): void {
    const due = dueFrame();
    const isHeard = isWanted();
    if (isHeard) while (next < due) frame(next++);
    next = Math.max(next, due);
    forget(next * perFrame);
    if (!isHeard || runs.length === 0) stopPacing?.();
  }

  function wake(): void {
    if (stopPacing || runs.length === 0 || !isWanted()) return;
    next = Math.max(next, dueFrame());
    const end = pace(clock, step);
    stopPacing = () => {
      end();
      stopPacing = undefined;
    };
    // What waited may have been for a time that is over.
    if (runs.length === 0) stopPacing();
  }

  return {
    push(payload, source) {
      const count = Math.floor(payloadBytes(payload) / SAMPLE_BYTES[source.encoding]);
      if (count === 0) return;
      if (!stopPacing) forget(Math.max(next, dueFrame()) * perFrame);
      const run = runFor(source);
      if (!run) {
        droppedMs += (count * 1000) / source.sampleRate;
        return;
      }
      run.chunks.push({ from: run.length, count, payload });
      run.length += count;
      lastEnd = endOf(run);
      wake();
    },
    clear() {
      const now = here();
      lastEnd = Math.min(lastEnd, now);
      runs = runs.filter(({ at }) => at < now);
      const last = runs.at(-1);
      if (!last || endOf(last) <= now) return;
      const length = resampledLength(now - last.at, format.sampleRate, last.format.sampleRate);
      last.length = length;
      last.chunks = last.chunks
        .filter(({ from }) => from < length)
        .map((chunk) => ({ ...chunk, count: Math.min(chunk.count, length - chunk.from) }));
    },
    wake,
    end() {
      stopPacing?.();
      runs = [];
    },
    get droppedMs() {
      return Math.round(droppedMs);
    },
  };
}

const greatestCommonDivisor = (a: number, b: number): number =>
  b === 0 ? a : greatestCommonDivisor(b, a % b);

/** `count` samples of a run at another rate, `from` in samples of that rate. */
function read(run: Run, from: number, count: number, sampleRate: number): Int16Array {
  const own = run.format.sampleRate;
  if (own === sampleRate) return gather(run, from, count);
  // Begins where samples of both rates fall together, so that stretches fit without a seam.
  const shared = greatestCommonDivisor(own, sampleRate);
  const [ownUnit, unit] = [own / shared, sampleRate / shared];
  const units = Math.max(0, Math.floor(((from * own) / sampleRate - REACH) / ownUnit));
  const start = units * ownUnit;
  const end = Math.ceil(((from + count) * own) / sampleRate) + REACH;
  return resample(gather(run, start, end - start), own, sampleRate, from - units * unit, count);
}

/** Samples of a run; silence where there are none. */
function gather(run: Run, from: number, count: number): Int16Array {
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

function decode({ payload }: Chunk, { encoding, byteOrder }: VoiceFormat): Int16Array {
  const audio = readPayload(payload, byteOrder);
  return audio ? DECODERS[encoding](audio.bytes) : new Int16Array(0);
}
