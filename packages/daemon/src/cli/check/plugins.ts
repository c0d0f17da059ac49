/** Checks each plugin: that it loads, accepts its options, and that its service accepts the credentials. It is not started. */
import {
  FaultError,
  type Clock,
  type Provider,
  type ProviderHost,
  type ProviderId,
  type Transcriber,
} from '@sidetone/core';
import { isExposed } from '../../access/exposure.ts';
import type { Config } from '../../config/schema.ts';
import { Diagnostics, type DiagnosticReport } from '../../plugins/provider/diagnostics.ts';
import { DIAGNOSTICS_TIMEOUT_MS } from '../../plugins/provider/provider-instance.ts';
import { urlOfProvider } from '../../plugins/provider/provider-url.ts';
import { loadFactory } from '../../plugins/plugin-factory.ts';
import { createPluginHost } from '../../plugins/plugin-host.ts';
import type { StateStore } from '../../plugins/ports.ts';
import { withDeadline } from '../../plugins/supervision/deadline.ts';
import { Lease } from '../../plugins/supervision/lease.ts';
import { failureOf, type CheckResult } from './result.ts';

const HEALTH_TIMEOUT_MS = 10_000;
const REMEDY = 'Check the credentials and the URL in the options of the plugin.';

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
  const results = await Promise.all([
    ...Object.entries(providers).map(([id, entry]) =>
      checkPlugin(`provider ${id}`, deps.clock, async (lease) => {
        const factory = await loadFactory('provider', { ...entry, id }, deps);
        const provider = factory.create(providerHost(id, lease));
        return { plugin: provider, diagnose: diagnosticsOf(provider, factory, deps.clock) };
      }),
    ),
    ...Object.entries(transcribers).map(([id, entry]) =>
      checkPlugin(`transcriber ${id}`, deps.clock, async (lease) => {
        const factory = await loadFactory('transcriber', { ...entry, id }, deps);
        return { plugin: factory.create(hostOf(id, lease)) };
      }),
    ),
  ]);
  return results.flat();
}

/** Returns the plugin's own checks, if it has any. */
function diagnosticsOf(
  provider: Provider,
  { secrets }: { secrets(): readonly string[] },
  clock: Clock,
): (() => Promise<DiagnosticReport>) | undefined {
  if (!provider.diagnostics) return undefined;
  const run = () =>
    withinTime(clock, DIAGNOSTICS_TIMEOUT_MS, async (signal) => provider.diagnostics?.(signal));
  const diagnostics = new Diagnostics({ clock, log: NO_LOG, secrets, run });
  return () => diagnostics.report();
}

function countryOf({ country, providers }: Config, id: string): { readonly country?: string } {
  const own = providers[id]?.country ?? country;
  return own === undefined ? {} : { country: own };
}

interface CheckedPlugin {
  readonly plugin: Provider | Transcriber;
  readonly diagnose?: (() => Promise<DiagnosticReport>) | undefined;
}

async function checkPlugin(
  check: string,
  clock: Clock,
  create: (lease: Lease) => Promise<CheckedPlugin>,
): Promise<readonly CheckResult[]> {
  const lease = new Lease(() => undefined);
  try {
    const { plugin, diagnose } = await create(lease);
    const health = await withinTime(clock, HEALTH_TIMEOUT_MS, (signal) => healthOf(check, plugin, signal));
    const results = diagnose ? (await diagnose()).results : [];
    return [health, ...results.map(({ name, ...result }) => ({ ...result, check: `${check}, ${name}` }))];
  } catch (error) {
    return [failureOf(check, error, REMEDY)];
  } finally {
    lease.end();
  }
}

/** Runs a task of a plugin, which may ignore its signal. @throws {FaultError} PROVIDER_TIMEOUT, or what the task throws. */
function withinTime<Value>(
  clock: Clock,
  timeoutMs: number,
  task: (signal: AbortSignal) => Promise<Value>,
): Promise<Value> {
  const timeoutError = () =>
    new FaultError('PROVIDER_TIMEOUT', `the plugin did not respond within ${timeoutMs / 1000} s`);
  const { signal } = new AbortController();
  return withDeadline({ clock, timeoutMs, timeoutError, signal, abortError: timeoutError }, task);
}

/** @throws what `health` throws. */
async function healthOf(
  check: string,
  plugin: Provider | Transcriber,
  signal: AbortSignal,
): Promise<CheckResult> {
  if (!plugin.health) return { check, state: 'SKIPPED', message: 'the plugin has no health check' };
  await plugin.health(signal);
  return { check, state: 'OK', message: 'the service is reachable and accepts the credentials' };
}

const NO_LOG = { debug: noop, info: noop, warn: noop, error: noop } as const;

function noop(): void {
  // A check prints its result only.
}

function memoryStore(): StateStore {
  const values = new Map<string, string>();
  return {
    isShared: false,
    get: (_owner, key) => values.get(key),
    set: (_owner, key, value) => void values.set(key, value),
    delete: (_owner, key) => void values.delete(key),
    compareAndSet(_owner, key, expected, value) {
      if (values.get(key) !== expected) return false;
      if (value === undefined) values.delete(key);
      else values.set(key, value);
      return true;
    },
    list: (_owner, prefix) => [...values].filter(([key]) => key.startsWith(prefix)),
  };
}
