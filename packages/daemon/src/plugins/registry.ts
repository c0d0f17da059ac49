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
import type { Config } from '../config/schema.ts';
import type { ProviderDirectory } from '../app/ports.ts';
import { createHost, type Gate, type HostDeps } from './host.ts';
import { loadPlugin, parseOptions, type AnyPlugin } from './load.ts';
import { SupervisedProvider } from './supervised-provider.ts';

export interface RegistryDeps extends Omit<HostDeps, 'log'> {
  readonly config: Config['providers'];
  /** The folder that plugin paths and packages are looked for from. */
  readonly baseDir: string;
  readonly log: (providerId: ProviderId) => Logger;
  readonly liveCalls: (providerId: ProviderId) => readonly Call[];
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
    for (const [key, { plugin, options }] of Object.entries(this.#deps.config)) {
      const id = providerId(key);
      this.#providers.set(id, await this.#load(id, plugin, options));
    }
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
    const log = this.#deps.log(id);
    const gate: Gate = { isOpen: false, droppedEvents: 0 };
    const announce = (providerCallId: ProviderCallId): CallId => {
      const occurredAt = this.#deps.clock.now();
      return this.#deps.ingest.accept(id, { type: 'call.started', providerCallId, occurredAt });
    };
    const common = { id, plugin: specifier, gate, log, liveCalls: () => this.#deps.liveCalls(id), hasAudio: (callId: CallId) => this.#deps.streams.has(callId), announce };
    let plugin: AnyPlugin;
    try {
      plugin = await loadPlugin(specifier, this.#deps.baseDir);
    } catch (error) {
      if (!isFault(error)) throw error;
      return new SupervisedProvider({ ...common, displayName: id, provider: error });
    }
    const parsed = await parseOptions(plugin, options, `providers.${id}.options`);
    const provider = create(plugin, parsed, () => createHost(id, gate, { ...this.#deps, log }));
    return new SupervisedProvider({ ...common, displayName: plugin.displayName, provider });
  }
}

function create(plugin: AnyPlugin, options: unknown, host: () => ReturnType<typeof createHost>) {
  try {
    return plugin.create(options, host());
  } catch (cause) {
    return new FaultError(
      'PLUGIN_START_FAILED',
      `the plugin ${plugin.name} threw when it was made: ${messageOf(cause)}`,
      {
        cause,
      },
    );
  }
}
