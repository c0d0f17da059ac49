/** Finds and checks a plugin's module. Each way to fail has its own code and its own sentence. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  CONTRACT_VERSION,
  FaultError,
  isFault,
  messageOf,
  type Clock,
  type ProviderPlugin,
  type SchemaResult,
  type TranscriberPlugin,
} from '@sidetone/core';
import { within } from './supervision/deadline.ts';
import { findPackage } from './find-package.ts';

export type AnyPlugin = ProviderPlugin<unknown>;
export type AnyTranscriberPlugin = TranscriberPlugin<unknown>;

/** What a plugin is for. */
interface PluginKinds {
  readonly provider: AnyPlugin;
  readonly transcriber: AnyTranscriberPlugin;
}
export type PluginKind = keyof PluginKinds;

/** How long a module may take to load, and its schema to check options. */
export const LOAD_TIMEOUT_MS = 15_000;

const NEVER = new AbortController().signal;

/**
 * @param specifier a package name, or a path (beginning with `.` or `/`) relative to `baseDir`.
 * @throws {FaultError} PLUGIN_NOT_FOUND, PLUGIN_LOAD_FAILED, PLUGIN_INVALID or PLUGIN_CONTRACT_UNSUPPORTED.
 */
export async function loadPlugin<Kind extends PluginKind = 'provider'>(
  specifier: string,
  baseDir: string,
  clock: Clock,
  kind = 'provider' as Kind,
): Promise<PluginKinds[Kind]> {
  const url = locate(specifier, baseDir);
  const late = new FaultError(
    'PLUGIN_LOAD_FAILED',
    `the plugin ${specifier} did not load within ${LOAD_TIMEOUT_MS / 1000} s`,
  );
  let module: { readonly default?: unknown };
  try {
    module = await patiently(clock, late, () => import(/* @vite-ignore */ url) as Promise<typeof module>);
  } catch (cause) {
    if (cause === late) throw late;
    const message = `the plugin ${specifier} could not be loaded: ${messageOf(cause)}`;
    throw new FaultError('PLUGIN_LOAD_FAILED', message, { cause });
  }
  try {
    return check(module.default, specifier, kind) as PluginKinds[Kind];
  } catch (cause) {
    if (isFault(cause)) throw cause;
    throw new FaultError('PLUGIN_INVALID', `the plugin ${specifier} throws when it is looked at`, { cause });
  }
}

function patiently<Value>(clock: Clock, late: FaultError, task: () => Promise<Value>): Promise<Value> {
  return within({ clock, ms: LOAD_TIMEOUT_MS, late, life: NEVER, ended: late }, task);
}

function locate(specifier: string, baseDir: string): string {
  const isPath = /^\.{0,2}[/\\]/.test(specifier);
  const found = isPath
    ? existing(resolve(baseDir, specifier))
    : findPackage(specifier, [baseDir, process.cwd()]);
  if (found) return found;
  throw new FaultError('PLUGIN_NOT_FOUND', `the plugin ${specifier} was not found from ${baseDir}`);
}

const existing = (path: string): string | undefined =>
  existsSync(path) ? pathToFileURL(path).href : undefined;

function check(exported: unknown, specifier: string, wanted: PluginKind): PluginKinds[PluginKind] {
  const plugin = exported as Partial<AnyPlugin & { kind: unknown }> | null | undefined;
  if (typeof plugin !== 'object' || plugin === null) {
    throw new FaultError('PLUGIN_INVALID', `the plugin ${specifier} has no default export that is a plugin`);
  }
  if (plugin.contract !== CONTRACT_VERSION) {
    const version = plugin.contract ?? 'none';
    throw new FaultError(
      'PLUGIN_CONTRACT_UNSUPPORTED',
      `the plugin ${specifier} is for contract ${version}, this daemon has contract ${CONTRACT_VERSION}`,
    );
  }
  const lacking =
    (typeof plugin.name !== 'string' && 'name') ||
    (typeof plugin.displayName !== 'string' && 'displayName') ||
    (typeof plugin.create !== 'function' && 'create') ||
    (plugin.options?.['~standard'] === undefined && 'options');
  if (lacking) throw new FaultError('PLUGIN_INVALID', `the plugin ${specifier} has no ${lacking}`);
  const kind = plugin.kind === 'transcriber' ? 'transcriber' : 'provider';
  if (kind === wanted) return plugin as PluginKinds[PluginKind];
  const where = `it belongs under ${kind}s in the configuration`;
  throw new FaultError('PLUGIN_INVALID', `the plugin ${specifier} is no ${wanted} but a ${kind}: ${where}`);
}

/**
 * Checks options by the plugin's own schema.
 * @throws {FaultError} CONFIG_INVALID, naming the key; never the value. PLUGIN_INVALID when the schema itself fails.
 */
export async function parseOptions(
  plugin: Pick<AnyPlugin, 'name' | 'options'>,
  options: unknown,
  key: string,
  clock: Clock,
): Promise<unknown> {
  const late = new FaultError(
    'PLUGIN_INVALID',
    `the plugin ${plugin.name} does not get done with its options`,
  );
  let result: SchemaResult<unknown>;
  try {
    result = await patiently(clock, late, async () => plugin.options['~standard'].validate(options));
  } catch (cause) {
    if (cause === late) throw late;
    throw new FaultError('PLUGIN_INVALID', `the plugin ${plugin.name} threw while it read its options`, {
      cause,
    });
  }
  if (!result.issues) return result.value;
  const issue = result.issues[0];
  const path = (issue?.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part));
  throw new FaultError('CONFIG_INVALID', `${[key, ...path].join('.')}: ${issue?.message ?? 'not valid'}`);
}
