/** Resolves installed packages: plugins next to the configuration, the simulator next to the daemon. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { moduleResolve } from 'import-meta-resolve';

/** Whether this module runs from its TypeScript source, as in development and tests. */
export const RUNS_FROM_SOURCE = import.meta.url.endsWith('.ts');

const CONDITIONS = new Set(['node', 'import', ...(RUNS_FROM_SOURCE ? ['@sidetone/source'] : [])]);

/** Returns the URL of a package's entry point, as a module in the first of `folders` that can import it resolves it. */
export function findPackage(name: string, folders: readonly string[]): string | undefined {
  for (const folder of folders) {
    try {
      const url = moduleResolve(name, pathToFileURL(join(folder, 'sidetone.yaml')), CONDITIONS);
      if (url.protocol === 'file:' && existsSync(fileURLToPath(url))) return url.href;
    } catch {
      // Not installed in this folder.
    }
  }
  return undefined;
}
