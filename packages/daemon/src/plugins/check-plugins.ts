/** Checks the options of plugins without creating instances, to report their errors together with those of the file. */
import { isFault, type Clock, type FaultError } from '@sidetone/core';
import type { CheckPlugins } from '../config/load.ts';
import type { PluginKind } from './load.ts';
import { loadFactory, type ConfiguredPlugin } from './plugin-factory.ts';

export const createPluginCheck =
  (clock: Clock): CheckPlugins =>
  async ({ providers, transcribers }, baseDir) => {
    const from = { baseDir, clock };
    const found = await Promise.all([
      ...Object.entries(providers).map(([id, entry]) => errorsOf('provider', { ...entry, id }, from)),
      ...Object.entries(transcribers).map(([id, entry]) => errorsOf('transcriber', { ...entry, id }, from)),
    ]);
    return found.flat();
  };

/** A plugin that cannot be loaded is not an error of the file: see ProviderRegistry. */
async function errorsOf(
  kind: PluginKind,
  configured: ConfiguredPlugin,
  from: { readonly baseDir: string; readonly clock: Clock },
): Promise<readonly FaultError[]> {
  try {
    await loadFactory(kind, configured, from);
    return [];
  } catch (error) {
    if (isFault(error)) return [error];
    throw error;
  }
}
