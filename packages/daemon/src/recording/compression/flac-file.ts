/** Reads a compressed recording: its bytes, or any range of its samples, decoded from the seek point before it. */
import { constants, createReadStream } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { FaultError, messageOf, PCM_SAMPLE_BYTES } from '@sidetone/core';
import { decodeHead, FIRST_BYTES, headLength, spansOf, type FlacHead } from '../flac/head.ts';
import type { Codec } from './codec-threads.ts';

export interface FlacFile {
  readonly head: FlacHead;
  /** Size of the file. */
  readonly bytes: number;
  /** Time of the last write to the WAV file that was compressed, epoch ms. */
  readonly changedAt: number;
  /** Returns the bytes `[from, to)` of the file. */
  read(from: number, to: number): Readable;
  /**
   * Yields the bytes `[from, to)` of the samples as in a WAV file. Decodes as fast as its consumer reads, a few seconds at a time.
   * @throws {FaultError} RECORDING_UNREADABLE
   */
  samples(from: number, to: number): AsyncGenerator<Uint8Array>;
}

/** Returns undefined if there is no such file. @throws {FaultError} RECORDING_UNREADABLE. */
export async function openFlacFile(
  path: string,
  codec: Pick<Codec, 'decode'>,
): Promise<FlacFile | undefined> {
  let handle: FileHandle;
  try {
    handle = await openForReading(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unreadable(error);
  }
  try {
    const { size, mtimeMs } = await handle.stat();
    const head = await readHead(handle);
    return {
      head,
      bytes: size,
      changedAt: mtimeMs,
      read: (from, to) => createReadStream(path, { start: from, end: to - 1 }),
      samples: (from, to) => decodeRange(path, { head, size, from, to }, codec),
    };
  } catch (error) {
    throw unreadable(error);
  } finally {
    await handle.close();
  }
}

async function readHead(handle: FileHandle): Promise<FlacHead> {
  const length = headLength(await readAll(handle, 0, FIRST_BYTES));
  const head = length === undefined ? undefined : decodeHead(await readAll(handle, 0, length));
  if (!head) throw new Error('its head is not valid');
  return head;
}

interface SampleRange {
  readonly head: FlacHead;
  /** Of the file. */
  readonly size: number;
  readonly from: number;
  readonly to: number;
}

async function* decodeRange(
  path: string,
  { head, size, from, to }: SampleRange,
  codec: Pick<Codec, 'decode'>,
): AsyncGenerator<Uint8Array> {
  const frameBytes = PCM_SAMPLE_BYTES * head.format.channels;
  const spans = spansOf(head, size).filter(
    ({ firstFrame, endFrame }) => firstFrame * frameBytes < to && endFrame * frameBytes > from,
  );
  if (spans.length === 0) return;
  try {
    // The file stays readable if it is deleted meanwhile.
    const handle = await openForReading(path);
    try {
      for (const span of spans) {
        const blocks = await readAll(handle, span.from, span.to - span.from);
        const samples = await codec.decode(head.stream, blocks);
        const start = span.firstFrame * frameBytes;
        if (samples.length !== (span.endFrame - span.firstFrame) * frameBytes)
          throw new Error('blocks are missing');
        yield samples.subarray(Math.max(0, from - start), to - start);
      }
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw unreadable(error);
  }
}

/** Symbolic links are not followed. */
const openForReading = (path: string): Promise<FileHandle> =>
  open(path, constants.O_RDONLY | constants.O_NOFOLLOW);

async function readAll(handle: FileHandle, from: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length;) {
    const { bytesRead } = await handle.read(bytes, done, length - done, from + done);
    if (bytesRead === 0) throw new Error('it is too short');
    done += bytesRead;
  }
  return bytes;
}

const unreadable = (cause: unknown): FaultError =>
  new FaultError('RECORDING_UNREADABLE', `the compressed recording cannot be read: ${messageOf(cause)}`, {
    cause,
  });
