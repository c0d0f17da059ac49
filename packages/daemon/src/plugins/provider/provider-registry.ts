/** All provider instances of the configuration: loaded, started and stopped together, failing apart. */
import {
  FaultError,
  isFault,
  messageOf,
  providerId,
  type Call,
  type CallId,
  type Logger,
  type ProviderCallId,
  type ProviderId,
} from '@sidetone/core';
import type { Config } from '../../config/schema.ts';
import type { ProviderDirectory } from '../ports.ts';
import { createInstance } from './create-instance.ts';
import type { HostDeps } from './provider-host.ts';
import { loadPlugin, parseOptions } from '../load.ts';
import { SupervisedProvider } from './supervised-provider.ts';

export interface RegistryDeps extends Omit<HostDeps, 'log'> {
  readonly config: Config['providers'];
  /** The folder that plugin paths and packages are looked for from. */
  readonly baseDir: string;
  readonly log: (providerId: ProviderId) => Logger;
  readonly liveCalls: (providerId: ProviderId) => readonly Call[];
  /** From 0 to 1. */
  readonly random: () => number;
}

export class ProviderRegistry implements ProviderDirectory {
  readonly #deps: RegistryDeps;
  readonly #providers = new Map<ProviderId, SupervisedProvider>();

  constructor(deps: RegistryDeps) {
    this.#deps = deps;
  }

  list(): readonly SupervisedProvider[] {
    return [...this.#providers.values()];
  }

  get(id: ProviderId): SupervisedProvider | undefined {
    return this.#providers.get(id);
  }

  /**
   * Loads every plugin. One that cannot be loaded is FAILED and harms nothing else.
   * @throws {FaultError} CONFIG_INVALID when options are wrong: that is for the operator to mend before the start.
   */
  async load(): Promise<void> {
    const loaded = await Promise.all(
      Object.entries(this.#deps.config).map(([key, { plugin, options }]) =>
        this.#load(providerId(key), plugin, options),
      ),
    );
    for (const provider of loaded) this.#providers.set(provider.id, provider);
  }

  /** Asks the provider of these calls, all of one, how they stand. */
  reconcile(calls: readonly Call[]): void {
    const id = calls[0]?.providerId;
    if (id !== undefined) void this.#providers.get(id)?.reconcile(calls);
  }

  /** Starts all at once; returns when each is running or has failed. */
  async start(): Promise<void> {
    await Promise.all(this.list().map((provider) => provider.start()));
  }

  async stop(): Promise<void> {
    await Promise.all(this.list().map((provider) => provider.stop()));
  }

  async #load(id: ProviderId, specifier: string, options: unknown): Promise<SupervisedProvider> {
    const { baseDir, clock, random, ingest, streams } = this.#deps;
    const log = this.#deps.log(id);
    const common = {
      id,
      plugin: specifier,
      clock,
      random,
      log,
      liveCalls: () => this.#deps.liveCalls(id),
      hasAudio: (callId: CallId) => streams.has(callId),
      announce: (providerCallId: ProviderCallId) =>
        ingest.accept(id, { type: 'call.started', providerCallId, occurredAt: clock.now() }),
    };
    try {
      const plugin = await loadPlugin(specifier, baseDir, clock);
      const parsed = await parseOptions(plugin, options, `providers.${id}.options`, clock);
      return new SupervisedProvider({
        ...common,
        displayName: plugin.displayName,
        make: (watcher) => createInstance(plugin, parsed, id, watcher, { ...this.#deps, log }),
      });
    } catch (error) {
      if (isFault(error) && error.kind === 'config') throw error;
      const message = `the plugin ${specifier} cannot be used: ${messageOf(error)}`;
      const fault = isFault(error) ? error : new FaultError('PLUGIN_INVALID', message, { cause: error });
      return new SupervisedProvider({
        ...common,
        displayName: id,
        make: () => {
          throw fault;
        },
      });
    }
  }
}
