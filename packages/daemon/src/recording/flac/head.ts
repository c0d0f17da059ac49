/**
 * The head of a FLAC file (RFC 9639, sections 8.2 and 8.5) as this daemon stores it: STREAMINFO with the MD5 digest of the samples,
 * and a SEEKTABLE whose points are the starts of blocks at regular intervals. Pure.
 */
import type { WavFormat } from '@sidetone/core';

const MAGIC = 'fLaC';
const BLOCK_HEADER_BYTES = 4;
const STREAMINFO_BYTES = 34;
const STREAMINFO = 0;
const SEEKTABLE = 3;
const LAST = 0x80;
const POINT_BYTES = 18;
const MD5_BYTES = 16;
const TABLE_AT = MAGIC.length + BLOCK_HEADER_BYTES + STREAMINFO_BYTES;
const BITS = 16;
/** The audio between two seek points, s: decoded for a range that begins at its end. */
const SEEK_SECONDS = 5;

export interface SeekPoint {
  /** The first frame of the block: a sample of each channel. */
  readonly frame: number;
  /** The offset of the block after the head, bytes. */
  readonly at: number;
}

export interface FlacHead {
  readonly format: WavFormat;
  /** The number of samples of each channel. */
  readonly frames: number;
  /** Of the samples as in a WAV file. */
  readonly md5: Uint8Array;
  /** The offset of the first block, bytes. */
  readonly bytes: number;
  readonly points: readonly SeekPoint[];
  /** The beginning of a stream without seek points, for a decoder of some of the blocks. */
  readonly stream: Uint8Array;
}

/** Returns the frames of a block, from the head that the encoder returns. */
export const blockFramesOf = (stream: Uint8Array): number =>
  viewOf(stream).getUint16(MAGIC.length + BLOCK_HEADER_BYTES);

/** Returns the frames between two seek points: whole blocks. */
export const seekFrames = (blockFrames: number, { sampleRate }: WavFormat): number =>
  blockFrames * Math.max(1, Math.floor((SEEK_SECONDS * sampleRate) / blockFrames));

export const headBytes = (points: number): number => TABLE_AT + BLOCK_HEADER_BYTES + POINT_BYTES * points;

/**
 * Returns the head of a file.
 * @param stream the head that the encoder returned, of which STREAMINFO is used
 */
export function encodeHead(
  stream: Uint8Array,
  md5: Uint8Array,
  points: readonly SeekPoint[],
  blockFrames: number,
): Uint8Array {
  const head = new Uint8Array(headBytes(points.length));
  head.set(stream.subarray(0, TABLE_AT));
  head[MAGIC.length] = STREAMINFO;
  head.set(md5, TABLE_AT - MD5_BYTES);
  const view = viewOf(head);
  view.setUint32(TABLE_AT, POINT_BYTES * points.length);
  head[TABLE_AT] = SEEKTABLE | LAST;
  for (const [i, { frame, at }] of points.entries()) {
    const point = TABLE_AT + BLOCK_HEADER_BYTES + i * POINT_BYTES;
    view.setBigUint64(point, BigInt(frame));
    view.setBigUint64(point + 8, BigInt(at));
    view.setUint16(point + 16, blockFrames);
  }
  return head;
}

/** The bytes with which {@link headLength} can be called. */
export const FIRST_BYTES = TABLE_AT + BLOCK_HEADER_BYTES;

/** Returns the length of the head that begins with these bytes; undefined if it is not one that {@link encodeHead} returns. */
export function headLength(first: Uint8Array): number | undefined {
  if (first.length < FIRST_BYTES) return undefined;
  const isHead =
    Buffer.from(first.subarray(0, MAGIC.length)).toString('latin1') === MAGIC &&
    first[MAGIC.length] === STREAMINFO &&
    first[TABLE_AT] === (SEEKTABLE | LAST);
  const tableBytes = viewOf(first).getUint32(TABLE_AT) & 0xffffff;
  return isHead && tableBytes % POINT_BYTES === 0 ? FIRST_BYTES + tableBytes : undefined;
}

/** Decodes a head of this length; undefined if it is not valid, or not of 16-bit samples. */
export function decodeHead(head: Uint8Array): FlacHead | undefined {
  if (headLength(head) !== head.length) return undefined;
  const view = viewOf(head);
  const format = view.getBigUint64(MAGIC.length + BLOCK_HEADER_BYTES + 10);
  if (Number((format >> 36n) & 31n) + 1 !== BITS) return undefined;
  const points: SeekPoint[] = [];
  for (let point = FIRST_BYTES; point < head.length; point += POINT_BYTES)
    points.push({ frame: Number(view.getBigUint64(point)), at: Number(view.getBigUint64(point + 8)) });
  const stream = head.slice(0, TABLE_AT);
  stream[MAGIC.length] = STREAMINFO | LAST;
  const frames = Number(format & 0xfffffffffn);
  const isOrdered = points.every(({ frame, at }, i) => {
    const before = points[i - 1];
    return before ? frame > before.frame && at > before.at && frame < frames : frame === 0 && at === 0;
  });
  if (!isOrdered || points.length === 0 || frames === 0) return undefined;
  return {
    format: { channels: Number((format >> 41n) & 7n) + 1, sampleRate: Number(format >> 44n) },
    frames,
    md5: head.slice(TABLE_AT - MD5_BYTES, TABLE_AT),
    bytes: head.length,
    points,
    stream,
  };
}

/** Blocks that are decoded together: from a seek point to the next one. */
export interface BlockSpan {
  readonly firstFrame: number;
  /** The frame after the last one. */
  readonly endFrame: number;
  /** Offsets in the file. */
  readonly from: number;
  readonly to: number;
}

/** Returns all blocks of a file, in order. */
export const spansOf = ({ points, bytes, frames }: FlacHead, fileBytes: number): readonly BlockSpan[] =>
  points.map(({ frame, at }, i) => {
    const next = points[i + 1];
    return {
      firstFrame: frame,
      endFrame: next?.frame ?? frames,
      from: bytes + at,
      to: next ? bytes + next.at : fileBytes,
    };
  });

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
