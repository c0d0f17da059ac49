/** Copies of files that are complete on the disk, with their checksum. */
import { createHash, type Hash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';

/** Only the user of this process may read and write the copies. */
export const PRIVATE_FILE = 0o600;
const CHUNK_BYTES = 1024 * 1024;
/** A copy is written to the disk in parts of this size: a flood of unwritten data would delay the writes of other programs. */
export const SYNC_BYTES = CHUNK_BYTES;
/** After each part, the copy leaves the disk to a running daemon for so many times as long as the part took. */
export const REST_FACTOR = 4;

export interface FileDigest {
  readonly bytes: number;
  /** SHA-256, in hexadecimal. */
  readonly sha256: string;
}

export interface CopyOptions {
  /** Receives the bytes of each part that was read. */
  readonly onBytes?: (bytes: number) => void;
  readonly signal?: AbortSignal;
  /** Whether to leave the disk to others for most of the time: see {@link REST_FACTOR}. */
  readonly isGentle?: boolean;
}

/**
 * Copies what a file contains now; what is appended meanwhile is not copied. Symbolic links are not followed.
 * @throws errors of the file system: also if the target exists. An incomplete target is left to the caller.
 */
export async function copyFile(
  source: string,
  target: string,
  options: CopyOptions = {},
): Promise<FileDigest> {
  const from = await open(source, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const to = await open(target, 'wx', PRIVATE_FILE);
    try {
      let unsynced = 0;
      const digest = await readParts(from, options, async (part) => {
        await writeAll(to, part);
        unsynced += part.length;
        if (unsynced < SYNC_BYTES) return;
        const started = performance.now();
        await to.datasync();
        unsynced = 0;
        if (options.isGentle) await setTimeout(REST_FACTOR * (performance.now() - started));
      });
      await to.sync();
      return digest;
    } finally {
      await to.close();
    }
  } finally {
    await from.close();
  }
}

/** @throws errors of the file system. */
export async function digestFile(path: string, options: CopyOptions = {}): Promise<FileDigest> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    return await readParts(file, options, async () => undefined);
  } finally {
    await file.close();
  }
}

/** Writes the names of a folder to the disk. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function readParts(
  file: FileHandle,
  { onBytes, signal }: CopyOptions,
  onPart: (part: Uint8Array) => Promise<void>,
): Promise<FileDigest> {
  const { size } = await file.stat();
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  const hash: Hash = createHash('sha256');
  let bytes = 0;
  while (bytes < size) {
    signal?.throwIfAborted();
    const { bytesRead } = await file.read(buffer, 0, Math.min(CHUNK_BYTES, size - bytes), bytes);
    if (bytesRead === 0) break;
    const part = buffer.subarray(0, bytesRead);
    hash.update(part);
    await onPart(part);
    bytes += bytesRead;
    onBytes?.(bytesRead);
  }
  return { bytes, sha256: hash.digest('hex') };
}

async function writeAll(file: FileHandle, part: Uint8Array): Promise<void> {
  for (let done = 0; done < part.length;)
    done += (await file.write(part, done, part.length - done)).bytesWritten;
}
