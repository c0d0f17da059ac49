/** Finds packages that are installed beside something else: plugins beside the configuration, the simulator beside us. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { moduleResolve } from 'import-meta-resolve';

/** Whether this very module runs from its TypeScript source: in development and in tests. */
export const RUNS_FROM_SOURCE = import.meta.url.endsWith('.ts');

const CONDITIONS = new Set(['node', 'import', ...(RUNS_FROM_SOURCE ? ['@sidetone/source'] : [])]);

/** The address of a package's entry, as a module in one of the folders would import it; the first folder that has it. */
export function findPackage(name: string, folders: readonly string[]): string | undefined {
  for (const folder of folders) {
    try {
      const url = moduleResolve(name, pathToFileURL(join(folder, 'sidetone.yaml')), CONDITIONS);
      if (url.protocol === 'file:' && existsSync(fileURLToPath(url))) return url.href;
    } catch {
      // Not installed there; the next folder may have it.
    }
  }
  return undefined;
}
