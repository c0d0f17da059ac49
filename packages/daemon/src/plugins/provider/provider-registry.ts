/** All configured providers: loads, starts and stops them together. A provider that fails does not affect the others. */
import { resolve } from 'node:path';
import {
  FaultError,
  isFault,
  providerId,
  type Call,
  type CallId,
  type Logger,
  type ProviderId,
} from '@sidetone/core';
import { allConfigured } from '../../config/failures.ts';
import type { Config } from '../../config/schema.ts';
import { loadIsolatedFactory } from '../isolation/isolated-factory.ts';
import { createIsolationCounts, type IsolationCounts } from '../isolation/isolation-counts.ts';
import { startThreads, type StartThread, type ThreadData } from '../isolation/thread/threads.ts';
import { loadFactory, type ConfiguredPlugin } from '../plugin-factory.ts';
import type { ProviderDirectory } from '../ports.ts';
import { RecentRequests } from '../requests/recent-requests.ts';
import { createWithLease } from '../supervision/lease.ts';
import { countryOf } from '../../calls/numbers/countries.ts';
import { captureHost, captureProvider } from '../wire-capture/captured-plugin.ts';
import type { CaptureSettings } from '../wire-capture/capture-writer.ts';
import { findSecrets } from '../wire-capture/config-secrets.ts';
import { WireCapture } from '../wire-capture/wire-capture.ts';
import { createEventCheck } from './event-check.ts';
import { PluginBlocks } from './plugin-blocks.ts';
import { createProviderHost, type ProviderHostDeps } from './provider-host.ts';
import { urlOfProvider } from './provider-url.ts';
import { ProviderInstance } from './provider-instance.ts';
import { SetupNotices } from './provider-notices.ts';
import { ProviderTraffic } from './provider-traffic.ts';
import { RequestFailures } from './request-failures.ts';
import { SupervisedProvider } from './supervised-provider.ts';

export interface ProviderRegistryDeps extends Omit<ProviderHostDeps, 'log'> {
  readonly config: Config['providers'];
  /** The folder that plugin paths and packages are resolved from. */
  readonly baseDir: string;
  readonly log: (providerId: ProviderId) => Logger;
  /** The hosts that clients may name although their addresses are not public. */
  readonly outgoing: ThreadData['outgoing'];
  /** `limits.isolatedPluginBytes`. */
  readonly isolatedPluginBytes: number;
  /** Starts the threads of isolated plugins. Default: threads of Node.js. */
  readonly startThread?: StartThread;
  /** `limits.recentRequests`. */
  readonly maxRecentRequests: number;
  /** `limits.captureBytes`. */
  readonly maxCaptureBytes: number;
  readonly liveCalls: (providerId: ProviderId) => readonly Call[];
  /** Returns a number from 0 to 1. */
  readonly random: () => number;
}

export class ProviderRegistry implements ProviderDirectory {
  readonly #deps: ProviderRegistryDeps;
  readonly #providers = new Map<ProviderId, SupervisedProvider>();

  constructor(deps: ProviderRegistryDeps) {
    this.#deps = deps;
  }

  list(): readonly SupervisedProvider[] {
    return [...this.#providers.values()];
  }

  get(id: ProviderId): SupervisedProvider | undefined {
    return this.#providers.get(id);
  }

  /**
   * Loads every plugin. One that cannot be loaded is FAILED, unless none can be loaded.
   * @throws {FaultError} what the operator has to correct before a start: CONFIG_INVALID if options are invalid,
   * CONFIG_UNVERIFIED if a plugin does not verify what other machines can send, or PLUGINS_UNUSABLE.
   */
  async load(): Promise<void> {
    const loaded = await allConfigured(
      Object.entries(this.#deps.config).map(([id, config]) => this.#load({ ...config, id })),
    );
    rejectUnusable(loaded.map(({ provider: { id }, failure }) => ({ id, failure })));
    for (const { provider } of loaded) this.#providers.set(provider.id, provider);
  }

  /** Asks the provider for the current state of `calls`, which must belong to one provider. */
  reconcile(calls: readonly Call[]): void {
    const id = calls[0]?.providerId;
    if (id !== undefined) void this.#providers.get(id)?.reconcile(calls);
  }

  /** Starts all providers at once; resolves when each is running or has failed. */
  async start(): Promise<void> {
    await Promise.all(this.list().map((provider) => provider.start()));
  }

  async stop(): Promise<void> {
    await Promise.all(this.list().map((provider) => provider.stop()));
  }

  #factoryOf(configured: ConfiguredProvider, counts: IsolationCounts) {
    if (!configured.isolate) return loadFactory('provider', configured, this.#deps);
    const { isolatedPluginBytes: maxBytes, socketMessageBytes, outgoing, isExposed } = this.#deps;
    const country = countryOf(this.#deps.countries, providerId(configured.id));
    return loadIsolatedFactory(configured, {
      ...this.#deps,
      startThread: this.#deps.startThread ?? startThreads(maxBytes),
      data: { socketMessageBytes, outgoing },
      maxBytes,
      counts,
      facts: () => ({
        publicUrl: this.#deps.publicUrl().href,
        isExposed,
        isStateShared: this.#deps.stateStore.isShared,
        ...(country !== undefined && { country }),
      }),
    });
  }

  async #load(configured: ConfiguredProvider): Promise<LoadedProvider> {
    const { clock, random, ingest, streams, liveCalls, maxRecentRequests } = this.#deps;
    const id = providerId(configured.id);
    const log = this.#deps.log(id);
    const isolation = createIsolationCounts();
    const factory = await this.#factoryOf(configured, isolation);
    const checkEvent = createEventCheck(factory.callIdPattern);
    const traffic = new ProviderTraffic({ clock, log });
    const setupNotices = new SetupNotices(clock);
    const blocks = new PluginBlocks({ log, notices: setupNotices });
    const recentRequests = new RecentRequests(clock, maxRecentRequests);
    const capture = this.#captureOf(id, configured, factory.options);
    let unverified: FaultError | undefined;
    const provider = new SupervisedProvider({
      id,
      plugin: configured.plugin,
      displayName: factory.displayName,
      create: ({ onException, onRequestFailed, onLost, onEventDropped, onEventRejected }) =>
        createWithLease(
          onException,
          (lease) => {
            const requests = new RequestFailures();
            const owner = {
              providerId: id,
              lease,
              checkEvent,
              onEventDropped,
              onEventRejected,
              requests,
              traffic,
              notices: setupNotices,
            };
            const host = createProviderHost(owner, { ...this.#deps, log, requests: recentRequests });
            try {
              const services = {
                onException,
                onRequestFailed,
                onLost,
                onBlocked: (ms: number, isOver: boolean) =>
                  isOver ? blocks.add('the plugin in its thread', ms) : blocks.notAnswering(ms),
                requests,
                recentRequests,
                hold: (release: () => void) => lease.hold(release),
              };
              const provider = capture
                ? captureProvider(factory.create(captureHost(host, capture), services), capture)
                : factory.create(host, services);
              return new ProviderInstance({
                provider,
                lease,
                requests,
                isStateShared: this.#deps.stateStore.isShared,
                onException,
                onRequestFailed,
                clock,
                log,
              });
            } catch (error) {
              if (isFault(error) && error.code === 'CONFIG_UNVERIFIED') unverified = error;
              throw error;
            }
          },
          id,
        ),
      clock,
      random,
      log,
      liveCalls: () => liveCalls(id),
      checkEvent,
      traffic,
      setupNotices,
      blocks,
      ...(configured.isolate && { isolation }),
      recentRequests,
      capture,
      urlOf: (path) => urlOfProvider(id, path, this.#deps.publicUrl()),
      secrets: () => factory.secrets(),
      hasAudio: (callId: CallId) => streams.has(callId),
      async registerCall(providerCallId) {
        const event = { type: 'call.started', providerCallId, occurredAt: clock.now() } as const;
        const rejection = checkEvent(event);
        if (rejection !== undefined) throw new FaultError('PROVIDER_ID_INVALID', rejection);
        // Its first event may have arrived at another node.
        const callId = await ingest.acceptAnywhere(id, event);
        if (callId === undefined) throw new FaultError('CALL_NOT_FOUND', 'the call was erased');
        return callId;
      },
    });
    if (!unverified) return { provider, failure: factory.failure };
    throw new FaultError(unverified.code, `providers.${id}.options.${unverified.message}`);
  }

  /** Returns the capture of a provider, if one is configured. */
  #captureOf(
    id: ProviderId,
    { plugin, options }: ConfiguredPlugin,
    parsed: unknown,
  ): WireCapture | undefined {
    const { config, clock, countries, maxCaptureBytes: maxBytes, publicUrl } = this.#deps;
    const file = config[id]?.capture;
    if (file === undefined) return undefined;
    const country = countryOf(countries, id);
    const settings = (): CaptureSettings => ({
      file: resolve(file),
      maxBytes,
      head: { plugin, provider: id, startedAt: clock.now(), options, ...(country && { country }) },
      secrets: findSecrets(parsed, options),
      publicUrl: urlOfProvider(id, '', publicUrl()).href,
    });
    return new WireCapture({ clock, log: this.#deps.log(id), settings });
  }
}

interface ConfiguredProvider extends ConfiguredPlugin {
  readonly isolate: boolean;
}

interface LoadedProvider {
  readonly provider: SupervisedProvider;
  /** Why its plugin cannot be loaded. */
  readonly failure: FaultError | undefined;
}

/** @throws {FaultError} PLUGINS_UNUSABLE if there are providers and no plugin can be loaded. */
function rejectUnusable(
  loaded: readonly { readonly id: string; readonly failure: FaultError | undefined }[],
): void {
  const lines = loaded.flatMap(({ id, failure }) =>
    failure ? [`  providers.${id}: ${failure.message} [${failure.code}]`] : [],
  );
  if (lines.length === 0 || lines.length < loaded.length) return;
  throw new FaultError('PLUGINS_UNUSABLE', `no provider can work\n${lines.join('\n')}\n`);
}
