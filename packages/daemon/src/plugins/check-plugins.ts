/** Checks the options of plugins without creating instances, to report their errors together with those of the file. */
import { isFault, type FaultError } from '@sidetone/core';
import type { CheckPlugins } from '../config/load.ts';
import { systemClock } from '../system-clock.ts';
import type { PluginKind } from './load.ts';
import { loadFactory, type ConfiguredPlugin } from './plugin-factory.ts';

export const checkPlugins: CheckPlugins = async ({ providers, transcribers }, baseDir) => {
  const found = await Promise.all([
    ...Object.entries(providers).map(([id, entry]) => errorsOf('provider', { ...entry, id }, baseDir)),
    ...Object.entries(transcribers).map(([id, entry]) => errorsOf('transcriber', { ...entry, id }, baseDir)),
  ]);
  return found.flat();
};

/** A plugin that cannot be loaded is not an error of the file: see ProviderRegistry. */
async function errorsOf(
  kind: PluginKind,
  configured: ConfiguredPlugin,
  baseDir: string,
): Promise<readonly FaultError[]> {
  try {
    await loadFactory(kind, configured, { baseDir, clock: systemClock });
    return [];
  } catch (error) {
    if (isFault(error)) return [error];
    throw error;
  }
}
