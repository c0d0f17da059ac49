/** A media stream that records what is written to it, and reports what a real stream would reject. */
import { SAMPLE_BYTES, type MediaStream, type MediaStreamOptions, type Party } from '@sidetone/core';
import type { UsageErrorLog } from './usage-errors.ts';

/** A piece of audio that was written. `bytes` is a copy. */
export interface FakeWrite {
  readonly party: Party | 'INTERLEAVED';
  readonly bytes: Uint8Array;
  readonly positionMs?: number;
}

/** Audio that was reported as lost. */
export interface FakeGap {
  readonly party: Party;
  readonly durationMs: number;
  readonly frames: number;
}

/** A media stream and the calls of its methods. */
export interface FakeStream extends MediaStream {
  readonly options: MediaStreamOptions;
  readonly writes: readonly FakeWrite[];
  readonly gaps: readonly FakeGap[];
  /** The bytes of each skipped frame. */
  readonly skips: readonly number[];
  /** Why it ended; undefined while it is open. */
  readonly endReason: string | undefined;
  /** Number of writes after the end, which are allowed and dropped. */
  readonly lateWrites: number;
}

/** Creates an open stream. */
export function createFakeStream(options: MediaStreamOptions, usageErrors: UsageErrorLog): FakeStream {
  const writes: FakeWrite[] = [];
  const gaps: FakeGap[] = [];
  const skips: number[] = [];
  let endReason: string | undefined;
  let lateWrites = 0;
  const { parties, encoding } = options;

  function check(party: Party | 'INTERLEAVED', bytes: number): void {
    const channels = party === 'INTERLEAVED' ? parties.length : 1;
    if (party !== 'INTERLEAVED' && !parties.includes(party)) {
      throw usageErrors.report(`stream: received audio of ${party}, expected ${parties.join(' or ')}`);
    }
    if (bytes % (SAMPLE_BYTES[encoding] * channels) !== 0) {
      throw usageErrors.report(
        `stream: expected whole ${encoding} samples of ${channels} channel(s), received ${bytes} bytes`,
      );
    }
  }

  return {
    options,
    writes,
    gaps,
    skips,
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
    skip(bytes) {
      if (!(bytes > 0))
        throw usageErrors.report(`stream: expected a skipped frame of more than 0 bytes, received ${bytes}`);
      if (endReason === undefined) skips.push(bytes);
    },
    gap(party, durationMs, frames) {
      check(party, 0);
      if (!(durationMs > 0) || !(frames > 0))
        throw usageErrors.report(`stream: invalid gap of ${durationMs} ms and ${frames} frames`);
      if (endReason === undefined) gaps.push({ party, durationMs, frames });
    },
    end(reason) {
      endReason ??= reason;
    },
  };
}
