/** A media stream that keeps what it was given, and says when it was given what no stream can take. */
import type { MediaStream, MediaStreamOptions, Party } from '@sidetone/core';
import type { MisuseLog } from './misuse.ts';

/** A piece of audio as it was written; the bytes are a copy. */
export interface FakeWrite {
  readonly party: Party | 'INTERLEAVED';
  readonly bytes: Uint8Array;
  readonly positionMs?: number;
}

/** Audio that was told to be missing. */
export interface FakeGap {
  readonly party: Party;
  readonly durationMs: number;
  readonly frames: number;
}

/** A media stream, and everything that was done to it. */
export interface FakeStream extends MediaStream {
  readonly options: MediaStreamOptions;
  readonly writes: readonly FakeWrite[];
  readonly gaps: readonly FakeGap[];
  /** Why it ended; undefined while it is open. */
  readonly endReason: string | undefined;
  /** Writes after the end: allowed, and dropped. */
  readonly lateWrites: number;
}

const SAMPLE_BYTES = { pcm_s16le: 2, mulaw: 1 } as const;

/** A stream of `options`, open. */
export function createFakeStream(options: MediaStreamOptions, misuse: MisuseLog): FakeStream {
  const writes: FakeWrite[] = [];
  const gaps: FakeGap[] = [];
  let endReason: string | undefined;
  let lateWrites = 0;
  const { parties, encoding } = options;

  function check(party: Party | 'INTERLEAVED', bytes: number): void {
    const channels = party === 'INTERLEAVED' ? parties.length : 1;
    if (party !== 'INTERLEAVED' && !parties.includes(party)) {
      throw misuse.report(`audio of ${party} was written to a stream of ${parties.join(' and ')}`);
    }
    if (bytes % (SAMPLE_BYTES[encoding] * channels) !== 0) {
      throw misuse.report(
        `${bytes} bytes are no whole number of ${encoding} samples of ${channels} channel(s)`,
      );
    }
  }

  return {
    options,
    writes,
    gaps,
    get endReason() {
      return endReason;
    },
    get lateWrites() {
      return lateWrites;
    },
    write(party, bytes, positionMs) {
      check(party, bytes.length);
      if (endReason !== undefined) lateWrites++;
      else writes.push({ party, bytes: bytes.slice(), ...(positionMs !== undefined && { positionMs }) });
    },
    gap(party, durationMs, frames) {
      check(party, 0);
      if (!(durationMs > 0) || !(frames > 0))
        throw misuse.report(`a gap of ${durationMs} ms, ${frames} frames`);
      if (endReason === undefined) gaps.push({ party, durationMs, frames });
    },
    end(reason) {
      endReason ??= reason;
    },
  };
}
