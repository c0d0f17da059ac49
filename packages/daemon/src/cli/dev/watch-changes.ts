/** Reports changes of the files of a folder. Several that follow each other at once are one change. */
import { watch } from 'node:fs';

/** Editors write a file in several steps, and compilers several files, ms. */
const SETTLE_MS = 200;
/** Files that plugins consist of, in any folder but those of dependencies and of tools. */
const WATCHED = /\.(?:[cm]?[jt]s|json|ya?ml)$/;
const IGNORED = /(?:^|[\\/])(?:node_modules|\..*)(?:[\\/]|$)/;

interface Changes {
  /** Resolves with the name of a file that changed since the last call. */
  next(): Promise<string>;
  close(): void;
}

export const isSource = (name: string): boolean => WATCHED.test(name) && !IGNORED.test(name);

export function watchChanges(folder: string): Changes {
  let changed: string | undefined;
  let settle: NodeJS.Timeout | undefined;
  let waiting: ((name: string) => void) | undefined;

  function deliver(): void {
    if (changed === undefined || waiting === undefined) return;
    const [resolve, name] = [waiting, changed];
    [waiting, changed] = [undefined, undefined];
    resolve(name);
  }

  const watcher = watch(folder, { recursive: true }, (_event, name) => {
    if (name === null || !isSource(name)) return;
    changed = name;
    clearTimeout(settle);
    settle = setTimeout(deliver, SETTLE_MS);
  });
  return {
    next: () =>
      new Promise((resolve) => {
        waiting = resolve;
        // A change from before this call.
        clearTimeout(settle);
        settle = setTimeout(deliver, SETTLE_MS);
      }),
    close() {
      clearTimeout(settle);
      watcher.close();
    },
  };
}
