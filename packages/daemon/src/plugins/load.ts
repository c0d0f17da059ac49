/** Loads plugin modules and validates their options. Every failure has its own code. */
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
import { combineFaults } from '../config/failures.ts';
import { checkSecrets } from './check-secrets.ts';
import { findLoadLocation } from './load-location.ts';
import { withDeadline } from './supervision/deadline.ts';

/** The plugin type of each kind of plugin. */
export interface Plugins {
  readonly provider: ProviderPlugin<unknown>;
  readonly transcriber: TranscriberPlugin<unknown>;
}
export type PluginKind = keyof Plugins;
type AnyPlugin = Plugins[PluginKind];

/** Deadline for loading a module, and for validating options, ms. */
export const LOAD_TIMEOUT_MS = 15_000;

const NEVER = new AbortController().signal;

/** The module of a plugin. */
export interface PluginModule {
  /** As in the configuration, for messages. */
  readonly specifier: string;
  readonly url: string;
}

/** @throws {FaultError} PLUGIN_LOAD_FAILED, PLUGIN_INVALID or PLUGIN_CONTRACT_UNSUPPORTED. */
export async function importPlugin<Kind extends PluginKind>(
  kind: Kind,
  { specifier, url }: PluginModule,
  clock: Clock,
): Promise<Plugins[Kind]> {
  const timeoutError = new FaultError(
    'PLUGIN_LOAD_FAILED',
    `plugin ${specifier}: load timed out after ${LOAD_TIMEOUT_MS / 1000} s`,
  );
  let module: { readonly default?: unknown };
  try {
    module = await runWithTimeout(
      clock,
      timeoutError,
      () => import(/* @vite-ignore */ url) as Promise<typeof module>,
    );
  } catch (cause) {
    if (cause === timeoutError) throw timeoutError;
    const location = await findLoadLocation(cause, url);
    const at = location === undefined ? '' : ` (${location})`;
    const message = `plugin ${specifier}: load failed: ${messageOf(cause)}${at}`;
    throw new FaultError('PLUGIN_LOAD_FAILED', message, { cause });
  }
  try {
    return check(module.default, specifier, kind) as Plugins[Kind];
  } catch (cause) {
    if (isFault(cause)) throw cause;
    const message = `plugin ${specifier}: reading a property threw an exception`;
    throw new FaultError('PLUGIN_INVALID', message, { cause });
  }
}

function runWithTimeout<Value>(
  clock: Clock,
  timeoutError: FaultError,
  task: () => Promise<Value>,
): Promise<Value> {
  return withDeadline(
    {
      clock,
      timeoutMs: LOAD_TIMEOUT_MS,
      timeoutError: () => timeoutError,
      signal: NEVER,
      abortError: () => timeoutError,
    },
    task,
  );
}

/** Returns the default export of a module if it is a plugin of the expected kind. */
function check(exported: unknown, specifier: string, expected: PluginKind): AnyPlugin {
  const invalid = (problem: string): FaultError =>
    new FaultError('PLUGIN_INVALID', `plugin ${specifier}: ${problem}`);
  const plugin = exported as Partial<AnyPlugin & { kind: unknown }> | null | undefined;
  if (typeof plugin !== 'object' || plugin === null)
    throw invalid('expected a plugin object as the default export');
  if (plugin.contract !== CONTRACT_VERSION) {
    throw new FaultError(
      'PLUGIN_CONTRACT_UNSUPPORTED',
      `plugin ${specifier}: expected contract ${CONTRACT_VERSION}, received ${plugin.contract ?? 'none'}`,
    );
  }
  const missing =
    (typeof plugin.name !== 'string' && 'name') ||
    (typeof plugin.displayName !== 'string' && 'displayName') ||
    (typeof plugin.create !== 'function' && 'create') ||
    (plugin.options?.['~standard'] === undefined && 'options');
  if (missing) throw invalid(`missing property ${missing}`);
  const kind = plugin.kind === 'transcriber' ? 'transcriber' : 'provider';
  if (kind !== expected)
    throw invalid(`expected a ${expected}, received a ${kind}; configure it under ${kind}s`);
  return plugin as AnyPlugin;
}

/**
 * Validates options with the plugin's own schema.
 * @param key the path of the options in the configuration, for messages.
 * @throws {FaultError} CONFIG_INVALID, which names each key but no value; also for a secret that can never match. PLUGIN_INVALID
 * if the schema fails.
 */
export async function parseOptions(
  plugin: Pick<AnyPlugin, 'name' | 'options'>,
  options: unknown,
  key: string,
  clock: Clock,
): Promise<unknown> {
  const timeoutError = new FaultError(
    'PLUGIN_INVALID',
    `plugin ${plugin.name}: validation of its options timed out`,
  );
  let result: SchemaResult<unknown>;
  try {
    result = await runWithTimeout(clock, timeoutError, async () =>
      plugin.options['~standard'].validate(options),
    );
  } catch (cause) {
    if (cause === timeoutError) throw timeoutError;
    const message = `plugin ${plugin.name}: validation of its options threw an exception`;
    throw new FaultError('PLUGIN_INVALID', message, { cause });
  }
  if (!result.issues) {
    checkSecrets(result.value, key);
    return result.value;
  }
  const lines = result.issues.map(({ path = [], message }) => {
    const keys = path.map((part) => String(typeof part === 'object' ? part.key : part));
    return `${[key, ...keys].join('.')}: ${message}`;
  });
  const known = lines.length === 0 ? [`${key}: invalid value`] : [...new Set(lines)];
  throw combineFaults(known.map((line) => new FaultError('CONFIG_INVALID', line)));
}
