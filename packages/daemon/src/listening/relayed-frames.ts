/** Frames of audio between nodes: when a frame begins, and its samples, in the format of `audio/frames.ts`. Pure. */
import { decodePcm16le, encodePcm16le } from '@sidetone/core';
import { FRAME_BYTES } from '../audio/frames.ts';

const HEAD_BYTES = 8;

/** @param at start of the frame, epoch ms */
export function encodeFrame(samples: Int16Array, at: number): Uint8Array {
  const bytes = new Uint8Array(HEAD_BYTES + samples.length * 2);
  new DataView(bytes.buffer).setFloat64(0, at);
  bytes.set(encodePcm16le(samples), HEAD_BYTES);
  return bytes;
}

/** Returns undefined for what is no frame. */
export function decodeFrame(
  bytes: Uint8Array,
): { readonly samples: Int16Array; readonly at: number } | undefined {
  if (bytes.length !== HEAD_BYTES + FRAME_BYTES) return undefined;
  const at = new DataView(bytes.buffer, bytes.byteOffset, HEAD_BYTES).getFloat64(0);
  return Number.isFinite(at) ? { samples: decodePcm16le(bytes.subarray(HEAD_BYTES)), at } : undefined;
}
