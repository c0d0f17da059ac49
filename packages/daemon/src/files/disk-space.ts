/** Free space on disks. */
import { statfs } from 'node:fs/promises';
import { statfsSync } from 'node:fs';

interface FileSystem {
  readonly bavail: number;
  readonly bsize: number;
}

/** Not `bfree`, which includes what only root may write. */
const availableBytes = ({ bavail, bsize }: FileSystem): number => bavail * bsize;

/** Returns what this user may still write to the disk of a file or folder, bytes. Rejects if it does not exist. */
export async function freeBytesOf(path: string): Promise<number> {
  return availableBytes(await statfs(path));
}

/** As {@link freeBytesOf}, for the time before the event loop runs. @throws if the path does not exist. */
export const freeBytesOfSync = (path: string): number => availableBytes(statfsSync(path));
