/**
 * Compresses the samples of a WAV file to a FLAC file, and decodes the result to compare it. Runs in a thread, without waiting for
 * others: its file access is synchronous.
 */
import { createHash } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  futimesSync,
  openSync,
  readSync,
  writeSync,
} from 'node:fs';
import { WAV_HEADER_BYTES, type WavFormat, PCM_SAMPLE_BYTES } from '@sidetone/core';
import { decodeBlocks } from '../flac/decoder.ts';
import { createFlacEncoder } from '../flac/encoder.ts';
import {
  blockFramesOf,
  decodeHead,
  encodeHead,
  headBytes,
  seekFrames,
  spansOf,
  type FlacHead,
  type SeekPoint,
} from '../flac/head.ts';
import { loadFlacLibrary } from '../flac/library.ts';

/** Only the user of the daemon process may read and write the files. */
const PRIVATE = 0o600;
/** Samples that are encoded at once. */
const CHUNK_BYTES = 256 * 1024;
const NONE = new Uint8Array();

export interface CompressionJob {
  /** The path of the WAV file, which is not changed. */
  readonly source: string;
  /** The path of the FLAC file, which must not exist. A file that is not complete is left to the caller. */
  readonly target: string;
  readonly format: WavFormat;
  /** The number of samples of each channel, at least 1. */
  readonly frames: number;
}

export interface Compressed {
  /** The size of the FLAC file. */
  readonly bytes: number;
}

/**
 * Returns when the file is complete, verified and on the disk. It has the modification time of the source.
 * @throws {Error} of the file system, or if the source is too short or changes, or the result cannot be decoded to the same samples
 */
export async function compressFile({ source, target, format, frames }: CompressionJob): Promise<Compressed> {
  const from = openSync(source, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const to = openSync(target, 'wx+', PRIVATE);
    try {
      const before = fstatSync(from);
      await verify(to, await encode(from, to, { format, frames }));
      const after = fstatSync(from);
      if (after.size !== before.size || after.mtimeMs !== before.mtimeMs)
        throw new Error('the WAV file was changed meanwhile');
      futimesSync(to, after.atime, after.mtime);
      fsyncSync(to);
      return { bytes: fstatSync(to).size };
    } finally {
      closeSync(to);
    }
  } finally {
    closeSync(from);
  }
}

/** Writes the blocks, and then the head in front of them. */
async function encode(
  from: number,
  to: number,
  { format, frames }: Pick<CompressionJob, 'format' | 'frames'>,
): Promise<FlacHead> {
  const points: SeekPoint[] = [];
  const encoded = { bytes: 0, frames: 0 };
  let step = 1;
  const encoder = await createFlacEncoder({ ...format, frames }, (bytes, blockFrames) => {
    if (blockFrames === 0) return;
    if (encoded.frames % step === 0) points.push({ frame: encoded.frames, at: encoded.bytes });
    encoded.bytes += bytes;
    encoded.frames += blockFrames;
  });
  // The head of the stream is complete before the first sample.
  const stream = encoder.encode(NONE);
  const blockFrames = blockFramesOf(stream);
  step = seekFrames(blockFrames, format);
  let end = headBytes(Math.ceil(frames / step));
  const write = (blocks: Uint8Array): void => {
    writeAll(to, blocks, end);
    end += blocks.length;
  };
  const md5 = createHash('md5');
  const bytes = frames * format.channels * PCM_SAMPLE_BYTES;
  for (let at = 0; at < bytes; at += CHUNK_BYTES) {
    const samples = readAll(from, WAV_HEADER_BYTES + at, Math.min(CHUNK_BYTES, bytes - at));
    md5.update(samples);
    write(encoder.encode(samples));
  }
  write(encoder.finish());
  const head = encodeHead(stream, md5.digest(), points, blockFrames);
  writeAll(to, head, 0);
  return expectHead(head);
}

/** Reads the file as it is read later: its head, and then the blocks from one seek point to the next. */
async function verify(file: number, written: FlacHead): Promise<void> {
  const library = await loadFlacLibrary();
  const head = expectHead(readAll(file, 0, written.bytes));
  const md5 = createHash('md5');
  for (const { from, to } of spansOf(head, fstatSync(file).size))
    md5.update(decodeBlocks(library, head.stream, readAll(file, from, to - from)));
  if (!md5.digest().equals(written.md5)) throw new Error('the FLAC file has other samples');
}

function expectHead(bytes: Uint8Array): FlacHead {
  const head = decodeHead(bytes);
  if (!head) throw new Error('the head of the FLAC file is not valid');
  return head;
}

function readAll(file: number, from: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length;) {
    const read = readSync(file, bytes, done, length - done, from + done);
    if (read === 0) throw new Error('the file is too short');
    done += read;
  }
  return bytes;
}

function writeAll(file: number, bytes: Uint8Array, from: number): void {
  for (let done = 0; done < bytes.length;)
    done += writeSync(file, bytes, done, bytes.length - done, from + done);
}
