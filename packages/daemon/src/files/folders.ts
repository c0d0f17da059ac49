/** Folders for the files of the daemon, and the reason why one cannot be written. */
import { accessSync, constants, existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** Permissions of the folders that the daemon creates. */
export const PRIVATE_FOLDER = 0o700;

/**
 * Creates a folder and its parents, for their owner only. Creates them one by one, because the recursive option of Node.js
 * never returns for some parents, such as `/proc`. @throws errors of the file system.
 */
export function makeFolders(folder: string): void {
  const missing: string[] = [];
  for (let path = resolve(folder); !existsSync(path); path = dirname(path)) missing.push(path);
  for (const path of missing.toReversed()) {
    try {
      mkdirSync(path, PRIVATE_FOLDER);
    } catch (error) {
      // Exists if another process created it, or if this user cannot see into its parent.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

/**
 * Returns why this process cannot write to the first such path, with the path and its owner. Paths that do not exist are
 * skipped; of a folder that contains new files, pass the folder too.
 */
export function findUnwritable(paths: readonly string[]): string | undefined {
  for (const path of paths) {
    try {
      const isFolder = statSync(path).isDirectory();
      accessSync(path, constants.W_OK | constants.R_OK | (isFolder ? constants.X_OK : 0));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT') continue;
      if (code === 'EROFS') return `${path} is on a file system that is mounted read-only`;
      return `this process, which runs as ${userOf(process.geteuid?.())}, cannot write to ${path}${ownerOf(path)}`;
    }
  }
  return undefined;
}

function ownerOf(path: string): string {
  try {
    const { uid, mode } = statSync(path);
    return `, which belongs to ${userOf(uid)} and has the mode ${(mode & 0o7777).toString(8)}`;
  } catch {
    // In a folder that this user cannot see into.
    return '';
  }
}

const userOf = (uid: number | undefined): string =>
  uid === 0 ? 'root' : `the user ${uid ?? 'of this process'}`;
