/** Finds the plugin of a captured call, and what a test imports it from. */
import type { ProviderPlugin } from '@sidetone/core';
import { isJsonObject } from '@sidetone/plugin-kit';
import {
  asUrlPath,
  folderUrl,
  isPath,
  isPlugin,
  load,
  SUBJECT_FILE,
} from '../conformance/subject-modules.ts';
import type { Scenario, Subject } from '../providers/scenario.ts';
import type { CapturedTestOptions, TestImports } from './captured-test.ts';

/** Where a plugin is. */
export interface FindPluginOptions {
  /** A folder or module, starting with `.` or `/`, or the name of a package. Default: the folder `.`. */
  readonly specifier?: string | undefined;
  /** The directory that paths are relative to. */
  readonly cwd: string;
  /** The directory of the test. Default: `cwd`. */
  readonly testFolder?: string;
  readonly exists: (url: URL) => boolean;
  /** Imports a package by its name. */
  readonly importPackage: (name: string) => Promise<unknown>;
}

type Found = Pick<CapturedTestOptions, 'plugin' | 'base' | 'imports'>;

const DEFAULT_MODULE = 'index.js';

/** @throws {Error} if there is no plugin. */
export async function findCapturedPlugin(options: FindPluginOptions): Promise<Found> {
  const { specifier = '.', cwd, testFolder = cwd, exists, importPackage } = options;
  if (!isPath(specifier))
    return { plugin: pluginIn(await importPackage(specifier), specifier), imports: { plugin: specifier } };
  const target = new URL(asUrlPath(specifier), folderUrl(cwd));
  const isFile = /\.[cm]?[jt]s$/.test(target.pathname);
  const folder = isFile ? new URL('.', target) : new URL(`${target.pathname.replace(/\/$/, '')}/`, target);
  const file = isFile ? target : new URL(DEFAULT_MODULE, folder);
  const scenario = new URL(SUBJECT_FILE, folder);
  const base = exists(scenario) ? baseIn(await load(scenario)) : undefined;
  const from = folderUrl(testFolder);
  const baseImport: TestImports = base ? { base: relative(from, scenario) } : {};
  if (base && 'plugin' in base) return { plugin: base.plugin, base, imports: baseImport };
  if (!exists(file))
    throw new Error(
      `neither ${SUBJECT_FILE} nor ${DEFAULT_MODULE} is in ${specifier}; name the module of the plugin`,
    );
  const imports = { plugin: relative(from, file), ...baseImport };
  return { plugin: pluginIn(await load(file), specifier), ...(base && { base }), imports };
}

function pluginIn(module: unknown, specifier: string): ProviderPlugin<unknown> {
  const plugin = (module as { readonly default?: unknown } | undefined)?.default;
  if (isPlugin(plugin) && !('kind' in plugin && plugin.kind === 'transcriber')) return plugin;
  throw new Error(`the default export of ${specifier} is not a provider plugin`);
}

/** Returns the export `conformance`: a subject, or a scenario. */
function baseIn({ conformance }: Readonly<Record<string, unknown>>): Subject | Scenario | undefined {
  return isJsonObject(conformance) ? (conformance as unknown as Subject | Scenario) : undefined;
}

/** Returns the specifier of a file for an import in a folder. */
function relative(folder: URL, file: URL): string {
  const [from = [], to = []] = [folder, file].map(({ pathname }) => pathname.split('/').slice(0, -1));
  let common = 0;
  while (common < from.length && from[common] === to[common]) common++;
  const up = '../'.repeat(from.length - common);
  const name = file.pathname.split('/').at(-1)!;
  return `${up === '' ? './' : up}${[...to.slice(common), name].join('/')}`;
}
