/**
 * A WAV file that is written piece by piece, each at its place: what is left out reads as silence. Its head is brought up
 * to date now and then and at the end; a head that was not is mended from the file's length.
 */
import { constants } from 'node:fs';
import { open, rm, type FileHandle } from 'node:fs/promises';
import { encodeWavHeader, WAV_HEADER_BYTES, type WavFormat } from '@sidetone/core';

export interface WavFile {
  /** Writes samples `at` bytes behind the beginning of the sound. Rejects as the disk does. */
  write(samples: Uint8Array, at: number): Promise<void>;
  /** Makes the head tell that there are `bytes` bytes of samples. */
  describe(bytes: number): Promise<void>;
  close(): Promise<void>;
}

/** What recordings may do with files; a test may let it fail. */
export interface WavFiles {
  /** Opens a file for writing, and makes it where there is none: for nobody else to read. */
  open(path: string, format: WavFormat): Promise<WavFile>;
}

/** Files may be read and written by the one who runs the daemon, and by nobody else. */
const PRIVATE = 0o600;

export const wavFiles: WavFiles = {
  async open(path, format) {
    // A link that somebody put there is not followed.
    const flags = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW;
    const handle = await open(path, flags, PRIVATE);
    const file: WavFile = {
      write: (samples, at) => writeAll(handle, samples, WAV_HEADER_BYTES + at),
      describe: (bytes) => writeAll(handle, encodeWavHeader(format, bytes), 0),
      close: () => handle.close(),
    };
    try {
      if ((await handle.stat()).size < WAV_HEADER_BYTES) await file.describe(0);
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

/** Makes the head of a file tell its length, and gives its bytes of samples; nothing when there is no such file. */
export async function mendWavFile(path: string, format: WavFormat): Promise<number | undefined> {
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

/** Deletes a file, if it is there. */
export const removeWavFile = (path: string): Promise<void> => rm(path, { force: true });
