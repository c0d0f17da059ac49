/** Checks each plugin: that it loads, accepts its options, and that its service accepts the credentials. It is not started. */
import type { Clock, Provider, ProviderHost, Transcriber, ProviderId } from '@sidetone/core';
import { isExposed } from '../../access/exposure.ts';
import type { Config } from '../../config/schema.ts';
import { urlOfProvider } from '../../plugins/provider/provider-host.ts';
import { loadFactory } from '../../plugins/plugin-factory.ts';
import { createPluginHost } from '../../plugins/plugin-host.ts';
import type { StateStore } from '../../plugins/ports.ts';
import { Lease } from '../../plugins/supervision/lease.ts';
import { failureOf, type CheckResult } from './result.ts';

const HEALTH_TIMEOUT_MS = 10_000;

interface PluginCheckDeps {
  readonly baseDir: string;
  readonly clock: Clock;
  /** The address of the daemon for providers. */
  readonly publicUrl: URL;
}

export async function checkPlugins(config: Config, deps: PluginCheckDeps): Promise<readonly CheckResult[]> {
  const { providers, transcribers, limits } = config;
  const hostOf = (id: string, lease: Lease) => {
    const stateStore = memoryStore();
    return createPluginHost(id, lease, { ...limits, stateStore, clock: deps.clock, log: NO_LOG });
  };
  const providerHost = (id: string, lease: Lease): ProviderHost => ({
    ...hostOf(id, lease),
    emit: () => undefined,
    openStream: () => {
      throw new Error('a check has no calls');
    },
    hasDemand: () => false,
    onDemandChange: () => () => undefined,
    publicUrl: (path, scheme) => urlOfProvider(id as ProviderId, path, deps.publicUrl, scheme),
    isExposed: isExposed(config.server),
    ...countryOf(config, id),
  });
  return Promise.all([
    ...Object.entries(providers).map(([id, entry]) =>
      checkPlugin(`provider ${id}`, async (lease) => {
        const factory = await loadFactory('provider', { ...entry, id }, deps);
        return factory.create(providerHost(id, lease));
      }),
    ),
    ...Object.entries(transcribers).map(([id, entry]) =>
      checkPlugin(`transcriber ${id}`, async (lease) => {
        const factory = await loadFactory('transcriber', { ...entry, id }, deps);
        return factory.create(hostOf(id, lease));
      }),
    ),
  ]);
}

function countryOf({ country, providers }: Config, id: string): { readonly country?: string } {
  const own = providers[id]?.country ?? country;
  return own === undefined ? {} : { country: own };
}

async function checkPlugin(
  check: string,
  create: (lease: Lease) => Promise<Provider | Transcriber>,
): Promise<CheckResult> {
  const lease = new Lease(() => undefined);
  try {
    const plugin = await create(lease);
    if (!plugin.health) return { check, state: 'SKIPPED', message: 'the plugin has no health check' };
    await plugin.health(AbortSignal.timeout(HEALTH_TIMEOUT_MS));
    return { check, state: 'OK', message: 'the service is reachable and accepts the credentials' };
  } catch (error) {
    return failureOf(check, error, 'Check the credentials and the URL in the options of the plugin.');
  } finally {
    lease.end();
  }
}

const NO_LOG = { debug: noop, info: noop, warn: noop, error: noop } as const;

function noop(): void {
  // A check prints its result only.
}

function memoryStore(): StateStore {
  const values = new Map<string, string>();
  return {
    get: (_owner, key) => values.get(key),
    set: (_owner, key, value) => void values.set(key, value),
    delete: (_owner, key) => void values.delete(key),
    list: (_owner, prefix) => [...values].filter(([key]) => key.startsWith(prefix)),
  };
}
