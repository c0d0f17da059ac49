/** Creates the object that a plugin defines, and checks that it is complete. */
import {
  FaultError,
  isFault,
  messageOf,
  type Provider,
  type ProviderHost,
  type Transcriber,
  type TranscriberHost,
} from '@sidetone/core';
import type { PluginKind, Plugins } from './load.ts';

export interface Hosts {
  readonly provider: ProviderHost;
  readonly transcriber: TranscriberHost;
}

/** What each kind of plugin creates. */
export interface Created {
  readonly provider: Provider;
  readonly transcriber: Transcriber;
}

const REQUIRED_METHODS: { readonly [Kind in PluginKind]: readonly (keyof Created[Kind])[] } = {
  provider: ['start', 'stop'],
  transcriber: ['start', 'stop', 'open'],
};

/** A plugin as its kind's `create` method, so that one call serves all kinds. */
interface Creator<Kind extends PluginKind> {
  create(options: unknown, host: Hosts[Kind]): Created[Kind];
}

/** @throws {FaultError} PLUGIN_START_FAILED, PLUGIN_INVALID, or the plugin's own fault. */
export function createChecked<Kind extends PluginKind>(
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
