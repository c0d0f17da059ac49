/** Loads a configured plugin and creates the objects that it defines. Shared by the registries of providers and transcribers. */
import { FaultError, isFault, messageOf, type Clock } from '@sidetone/core';
import { secretsIn } from './check-secrets.ts';
import { createChecked, type Created, type Hosts } from './create-checked.ts';
import { importPlugin, parseOptions, type PluginKind, type Plugins } from './load.ts';
import { locatePlugin } from './locate.ts';

interface PluginFactory<Kind extends PluginKind> {
  readonly displayName: string;
  /** Why the plugin cannot be used until the daemon restarts. */
  readonly failure?: FaultError;
  /** The options as the schema of the plugin returned them. */
  readonly options?: unknown;
  /** The grammar of the provider's call ids, if the plugin declares it. */
  readonly callIdPattern?: RegExp;
  /** Returns the secrets in the options. */
  secrets(): readonly string[];
  /**
   * Creates a provider or transcriber.
   * @throws {FaultError} the reason why the plugin could not be loaded; PLUGIN_START_FAILED if it throws; PLUGIN_INVALID if it
   * returns an incomplete object; or the plugin's own fault.
   */
  create(host: Hosts[Kind]): Created[Kind];
}

export interface ConfiguredPlugin {
  /** Its key in the configuration. */
  readonly id: string;
  /** Package name or path. */
  readonly plugin: string;
  readonly options?: unknown;
}

/**
 * Loads a plugin and validates its options. If the plugin cannot be used, the factory throws the reason, so that only this
 * plugin is FAILED.
 * @throws {FaultError} CONFIG_INVALID if the options are invalid: the operator has to correct them before a start.
 */
export async function loadFactory<Kind extends PluginKind>(
  kind: Kind,
  { id, plugin: specifier, options }: ConfiguredPlugin,
  { baseDir, clock }: { readonly baseDir: string; readonly clock: Clock },
): Promise<PluginFactory<Kind>> {
  try {
    const plugin = await loadPlugin(kind, specifier, baseDir, clock);
    const parsed = await parseOptions(plugin, options, `${kind}s.${id}.options`, clock);
    const callIdPattern = 'callIdPattern' in plugin ? plugin.callIdPattern : undefined;
    return {
      displayName: plugin.displayName,
      options: parsed,
      ...(callIdPattern instanceof RegExp && { callIdPattern }),
      secrets: () => secretsIn(parsed),
      create: (host) => createChecked(kind, plugin, parsed, host),
    };
  } catch (error) {
    if (isFault(error) && error.kind === 'config') throw error;
    const message = `plugin ${specifier}: cannot be used: ${messageOf(error)}`;
    const fault = isFault(error) ? error : new FaultError('PLUGIN_INVALID', message, { cause: error });
    return {
      displayName: id,
      failure: fault,
      secrets: () => [],
      create: () => {
        throw fault;
      },
    };
  }
}

/** @throws {FaultError} PLUGIN_NOT_FOUND, PLUGIN_LOAD_FAILED, PLUGIN_INVALID or PLUGIN_CONTRACT_UNSUPPORTED. */
export async function loadPlugin<Kind extends PluginKind>(
  kind: Kind,
  specifier: string,
  baseDir: string,
  clock: Clock,
): Promise<Plugins[Kind]> {
  return importPlugin(kind, { specifier, url: locatePlugin(specifier, baseDir) }, clock);
}
