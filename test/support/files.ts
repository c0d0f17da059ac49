/** Lists the files of the repository, as paths with slashes relative to the root. */
import { existsSync, readdirSync } from 'node:fs';

/** All packages, which are published. */
export const PUBLISHED: readonly string[] = readdirSync('packages').toSorted();

/** The packages with sources: one only depends on others. */
export const PACKAGES: readonly string[] = PUBLISHED.filter((name) => existsSync(`packages/${name}/src`));

/** Returns every file below a folder. */
export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath.replaceAll('\\', '/')}/${entry.name}`)
    .toSorted();
}

/** Returns the TypeScript sources of a package. */
export const sourcesOf = (name: string): string[] =>
  filesBelow(`packages/${name}/src`).filter((file) => file.endsWith('.ts'));
