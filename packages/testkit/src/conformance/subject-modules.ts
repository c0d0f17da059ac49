/** Modules of plugins and of their subjects, and paths of them as URLs. */
import type { ProviderPlugin, TranscriberPlugin } from '@sidetone/core';
import { isJsonObject } from '@sidetone/plugin-kit';
import type { Subject } from '../providers/scenario.ts';
import type { TranscriberSubject } from '../transcribers/scenario.ts';

/** The file that exports the subject, in a directory or next to a module. */
export const SUBJECT_FILE = 'conformance.js';

export type Module = Readonly<Record<string, unknown>>;

/** A subject of either kind. */
export type AnySubject = Subject | TranscriberSubject;

/** Subjects by the names of their exports. */
export type NamedSubjects = readonly (readonly [name: string, subject: AnySubject])[];

/** Returns whether a specifier is a path, and not the name of a package. */
export const isPath = (specifier: string): boolean =>
  /^(\.{0,2}[/\\]|\.{1,2}$|[a-zA-Z]:[/\\])/.test(specifier);

export const load = async (url: URL): Promise<Module> =>
  (await import(/* @vite-ignore */ url.href)) as Module;

/** Encodes a path for a `file:` URL. */
export const asUrlPath = (path: string): string =>
  encodeURI(path.replaceAll('\\', '/'))
    .replaceAll('?', '%3F')
    .replaceAll('#', '%23')
    .replace(/^([a-zA-Z]:)/, '/$1');

export const folderUrl = (path: string): URL => new URL(`${asUrlPath(path).replace(/\/$/, '')}/`, 'file:///');

/** Returns the subjects that a module exports, `conformance` first. */
export function subjectsIn({ default: plugin, conformance, ...others }: Module): NamedSubjects {
  const isScenario = isJsonObject(conformance) && !('plugin' in conformance) && isPlugin(plugin);
  const first = isScenario ? { plugin, scenario: conformance } : conformance;
  return Object.entries({ conformance: first, ...others }).flatMap(([name, value]) =>
    isSubject(value) ? [[name, value] as const] : [],
  );
}

const isSubject = (value: unknown): value is AnySubject =>
  isJsonObject(value) && isPlugin(value['plugin']) && isJsonObject(value['scenario']);

export const isPlugin = (value: unknown): value is ProviderPlugin<unknown> | TranscriberPlugin<unknown> =>
  isJsonObject(value) && typeof value['create'] === 'function' && isJsonObject(value['options']);
