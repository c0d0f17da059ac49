/**
 * Holds back the first audio of a stream until its byte order is known, so that it does not begin with noise. Positions are
 * kept. At most a second is held: then it is written in the default order.
 */
import type { MediaStream, Party } from '@sidetone/core';
import { DEFAULT_BYTE_ORDER, isSymmetric, type ByteOrder } from './byte-order.ts';

/** Longest audio that is held back, ms. */
export const MAX_HELD_MS = 1000;

export interface HeldAudio {
  /** Writes a frame, or holds it back. Bytes of an unknown order are as received; others are little-endian. */
  write(
    party: Party,
    bytes: Uint8Array,
    positionMs: number | undefined,
    durationMs: number,
    order: ByteOrder | undefined,
  ): void;
  /** Reports a gap after the audio before it. */
  gap(party: Party, durationMs: number, frames: number): void;
  /** Writes what is held, in the default order: nothing more can be measured. */
  release(): void;
}

/** Creates the writer of a stream. */
export function createHeldAudio(media: Pick<MediaStream, 'write' | 'gap'>): HeldAudio {
  let held: ((order: ByteOrder) => void)[] = [];
  let heldMs = 0;

  function release(order: ByteOrder): void {
    const actions = held;
    held = [];
    for (const act of actions) act(order);
  }

  return {
    write(party, bytes, positionMs, durationMs, order) {
      const canHold = order === undefined && heldMs < MAX_HELD_MS;
      if (!canHold || (held.length === 0 && isSymmetric(bytes))) {
        if (held.length > 0) release(order ?? DEFAULT_BYTE_ORDER);
        return media.write(party, bytes, positionMs);
      }
      heldMs += durationMs;
      held.push((known) =>
        media.write(party, known === 'be' ? Buffer.from(bytes).swap16() : bytes, positionMs),
      );
      if (heldMs >= MAX_HELD_MS) release(DEFAULT_BYTE_ORDER);
    },
    gap(party, durationMs, frames) {
      if (held.length > 0) held.push(() => media.gap(party, durationMs, frames));
      else media.gap(party, durationMs, frames);
    },
    release: () => release(DEFAULT_BYTE_ORDER),
  };
}
