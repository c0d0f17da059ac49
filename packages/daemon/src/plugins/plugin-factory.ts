/** Loads a configured plugin and creates the objects that it defines. Shared by the registries of providers and transcribers. */
import {
  FaultError,
  isFault,
  messageOf,
  type Clock,
  type Provider,
  type ProviderHost,
  type Transcriber,
  type TranscriberHost,
} from '@sidetone/core';
import { secretsIn } from './check-secrets.ts';
import { loadPlugin, parseOptions, type PluginKind, type Plugins } from './load.ts';

interface Hosts {
  readonly provider: ProviderHost;
  readonly transcriber: TranscriberHost;
}

/** What each kind of plugin creates. */
interface Created {
  readonly provider: Provider;
  readonly transcriber: Transcriber;
}

const REQUIRED_METHODS: { readonly [Kind in PluginKind]: readonly (keyof Created[Kind])[] } = {
  provider: ['start', 'stop'],
  transcriber: ['start', 'stop', 'open'],
};

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

/** A plugin as its kind's `create` method, so that one call serves all kinds. */
interface Creator<Kind extends PluginKind> {
  create(options: unknown, host: Hosts[Kind]): Created[Kind];
}

function createChecked<Kind extends PluginKind>(
  kind: Kind,
  plugin: Plugins[Kind],
  options: unknown,
  host: Hosts[Kind],
): Created[Kind] {
  let created: Partial<Created[Kind]> | undefined;
  try {
    created = (plugin as Creator<Kind>).create(options, host);
  } catch (cause) {
    if (isFault(cause)) throw cause;
    const message = `plugin ${plugin.name}: create threw an exception: ${messageOf(cause)}`;
    throw new FaultError('PLUGIN_START_FAILED', message, { cause });
  }
  const missing = REQUIRED_METHODS[kind].find((method) => typeof created?.[method] !== 'function');
  if (missing === undefined) return created as Created[Kind];
  throw new FaultError(
    'PLUGIN_INVALID',
    `plugin ${plugin.name}: create returned an object without ${String(missing)}`,
  );
}
