/** The packages of the lockfile, and those of them that users of Sidetone run. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Packages that are bundled into the files of ours are development dependencies of these packages, beside the tools. */
const BUNDLED: Readonly<Record<string, (name: string) => boolean>> = {
  'packages/dashboard': (name) => !/^(vite|@vitejs\/.+)$/.test(name),
  'packages/daemon': (name) => name === '@graphql-yoga/render-graphiql',
};

/** Bundled without its dependencies, which are a compiler and its plugin. */
const LEAVES = new Set(['gql.tada']);

/** Types are not run. */
const isRun = (name: string): boolean => !name.startsWith('@types/');

interface Resolution {
  readonly integrity?: string;
  readonly [other: string]: unknown;
}

/** Versions by name. */
type Versions = Readonly<Record<string, string>>;

interface Importer {
  readonly dependencies?: Readonly<Record<string, { readonly version: string }>>;
  readonly devDependencies?: Importer['dependencies'];
  readonly optionalDependencies?: Importer['dependencies'];
}

export interface Lockfile {
  readonly importers: Readonly<Record<string, Importer>>;
  /** By `name@version`. */
  readonly packages: Readonly<Record<string, { readonly resolution: Resolution }>>;
  /** By `name@version`, with the versions of peer dependencies in parentheses. */
  readonly snapshots: Readonly<
    Record<string, { readonly dependencies?: Versions; readonly optionalDependencies?: Versions }>
  >;
}

/** The fields of `package.json` that are used here. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly packageManager?: string;
  readonly private?: boolean;
}

export const readManifest = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8')) as Manifest;

export const readLockfile = (): Lockfile =>
  parse(readFileSync(join(ROOT, 'pnpm-lock.yaml'), 'utf8')) as Lockfile;

/** Removes the peer dependencies: `a@1.0.0(b@2.0.0)` is the package `a@1.0.0`. */
const withoutPeers = (id: string): string => id.replace(/\(.*$/, '');

/** A package that runs at the user's: of the workspace, by its folder, or of the registry, by `name@version`. */
export interface Shipped {
  readonly id: string;
  readonly dependencies: readonly string[];
}

/** Returns the packages of `packages/`, and what they need at run time, directly and indirectly. */
export function shippedPackages({ importers, snapshots }: Lockfile): ReadonlyMap<string, Shipped> {
  const found = new Map<string, Shipped>();

  /** @param version of the lockfile: `1.0.0(peer@1.0.0)`, or `link:../folder` in the workspace. */
  function visit(name: string, version: string, from: string): string {
    if (version.startsWith('link:')) return visitFolder(posix.join(from, version.slice('link:'.length)));
    // An alias has the name of the package in its version.
    const key = version.slice(1).includes('@') && !/^[\d.]/.test(version) ? version : `${name}@${version}`;
    const id = withoutPeers(key);
    const { dependencies = {}, optionalDependencies = {} } =
      (LEAVES.has(name) ? undefined : snapshots[key]) ?? {};
    return add(id, key, from, { ...dependencies, ...optionalDependencies });
  }

  function visitFolder(folder: string): string {
    const { dependencies = {}, optionalDependencies = {}, devDependencies = {} } = importers[folder] ?? {};
    const bundled = Object.entries(devDependencies).filter(([name]) => BUNDLED[folder]?.(name) === true);
    const all = { ...dependencies, ...optionalDependencies, ...Object.fromEntries(bundled) };
    const versions = Object.entries(all).map(([name, { version }]) => [name, version] as const);
    return add(folder, folder, folder, Object.fromEntries(versions));
  }

  const visited = new Set<string>();
  function add(id: string, key: string, from: string, versions: Versions): string {
    // A package may occur with several combinations of peer dependencies.
    if (visited.has(key)) return id;
    visited.add(key);
    const needed = Object.entries(versions).filter(([name]) => isRun(name));
    const dependencies = needed.map(([name, version]) => visit(name, version, from));
    const before = found.get(id)?.dependencies ?? [];
    found.set(id, { id, dependencies: [...new Set([...before, ...dependencies])].toSorted() });
    return id;
  }

  for (const folder of Object.keys(importers)) if (folder.startsWith('packages/')) visitFolder(folder);
  return found;
}

/** Returns the manifests of the installed packages of the registry by `name@version`. */
export function installedManifests(): ReadonlyMap<string, Manifest> {
  const store = join('node_modules', '.pnpm');
  const found = new Map<string, Manifest>();
  for (const entry of readdirSync(join(ROOT, store))) {
    // Its dependencies are symbolic links beside the package itself.
    for (const folder of packagesBelow(join(store, entry, 'node_modules'))) {
      const manifest = readManifest(folder);
      found.set(`${manifest.name}@${manifest.version}`, manifest);
    }
  }
  return found;
}

function packagesBelow(folder: string): readonly string[] {
  if (!existsSync(join(ROOT, folder))) return [];
  return readdirSync(join(ROOT, folder), { withFileTypes: true })
    .filter((each) => each.isDirectory() && each.name !== '.bin')
    .flatMap(({ name }) => (name.startsWith('@') ? packagesBelow(join(folder, name)) : [join(folder, name)]));
}

/** Splits `@scope/name@1.0.0`. */
export function splitId(id: string): { readonly name: string; readonly version: string } {
  const at = id.lastIndexOf('@');
  return { name: id.slice(0, at), version: id.slice(at + 1) };
}
