/** Reads the files that a configuration names with `${file:…}` or a variable `…_FILE`, such as secrets of an orchestrator. */
import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';

/** The size of the largest file that is read, bytes. Secrets are shorter; another file is most likely a mistake. */
export const MAX_SECRET_BYTES = 65_536;

/** Returns the content of a file, or why it cannot be read. */
export type ReadSecret = (path: string) => { readonly text: string } | { readonly problem: string };

/** @param baseDir the folder that relative paths begin at. */
export const secretReader =
  (baseDir: string): ReadSecret =>
  (path) => {
    const file = resolve(baseDir, path);
    try {
      const stat = statSync(file);
      if (!stat.isFile()) return { problem: 'expected a regular file' };
      if (stat.size > MAX_SECRET_BYTES) return { problem: `expected at most ${MAX_SECRET_BYTES} bytes` };
      // Editors and `echo` end a file with a line break, which is no part of a secret.
      const text = readFileSync(file, 'utf8').replace(/\r?\n$/, '');
      return text === '' ? { problem: 'expected a file with content' } : { text };
    } catch (error) {
      return { problem: String((error as NodeJS.ErrnoException).code ?? error) };
    }
  };
