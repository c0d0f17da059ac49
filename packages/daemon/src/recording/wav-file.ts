/**
 * A WAV file whose blocks are written at their positions; gaps read as silence. The header is updated from time to time and at
 * the end, and after a crash repaired from the length of the file.
 */
import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { encodeWavHeader, WAV_HEADER_BYTES, type WavFormat } from '@sidetone/core';

export interface WavFile {
  /** Writes samples at a position after the header, in bytes. Rejects with the error of the file system. */
  write(samples: Uint8Array, at: number): Promise<void>;
  /** Writes the header for a file with this many bytes of samples. */
  writeHeader(bytes: number): Promise<void>;
  close(): Promise<void>;
}

/** File access of recordings. Tests replace it to simulate failures. */
export interface WavFiles {
  /** Opens a file for writing, and creates it with private permissions if it does not exist. */
  open(path: string, format: WavFormat): Promise<WavFile>;
}

/** Only the user of the daemon process may read and write the files. */
const PRIVATE = 0o600;

export const wavFiles: WavFiles = {
  async open(path, format) {
    // Symbolic links are not followed.
    const flags = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW;
    const handle = await open(path, flags, PRIVATE);
    const file: WavFile = {
      write: (samples, at) => writeAll(handle, samples, WAV_HEADER_BYTES + at),
      writeHeader: (bytes) => writeAll(handle, encodeWavHeader(format, bytes), 0),
      close: () => handle.close(),
    };
    try {
      if ((await handle.stat()).size < WAV_HEADER_BYTES) await file.writeHeader(0);
      return file;
    } catch (error) {
      await handle.close();
      throw error;
    }
  },
};

async function writeAll(handle: FileHandle, bytes: Uint8Array, at: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, at + done);
    done += bytesWritten;
  }
}

/** Repairs the header of a file and returns its bytes of samples; undefined if there is no such file. */
export async function repairWavFile(path: string, format: WavFormat): Promise<number | undefined> {
  let handle: FileHandle;
  try {
    handle = await open(path, constants.O_RDWR | constants.O_NOFOLLOW);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const { size } = await handle.stat();
    const sampleBytes = 2 * format.channels;
    const bytes = Math.max(0, Math.floor((size - WAV_HEADER_BYTES) / sampleBytes) * sampleBytes);
    await writeAll(handle, encodeWavHeader(format, bytes), 0);
    await handle.truncate(WAV_HEADER_BYTES + bytes);
    return bytes;
  } finally {
    await handle.close();
  }
}
