/**
 * Creates the instances of a provider plugin in threads. The module is never imported by the daemon: the first thread loads it,
 * validates the options and creates the first instance, which says what the plugin has.
 */
import {
  FaultError,
  isFault,
  messageOf,
  type Clock,
  type ProviderHost,
  type ProviderId,
} from '@sidetone/core';
import { locatePlugin } from '../locate.ts';
import type { ConfiguredPlugin } from '../plugin-factory.ts';
import type { ServedProvider } from '../provider/served-provider.ts';
import { LOAD_TIMEOUT_MS } from '../load.ts';
import { withDeadline } from '../supervision/deadline.ts';
import type { IsolationCounts } from './isolation-counts.ts';
import { IsolatedThread } from './isolated-thread.ts';
import type { InstanceServices } from './instance-services.ts';
import type { Features, HostFacts } from './link/protocol.ts';
import type { StartThread, ThreadData } from './thread/threads.ts';

export interface IsolationDeps {
  readonly baseDir: string;
  readonly clock: Clock;
  readonly startThread: StartThread;
  readonly data: Omit<ThreadData, 'providerId'>;
  /** `limits.isolatedPluginBytes`. */
  readonly maxBytes: number;
  readonly facts: () => HostFacts;
  readonly counts: IsolationCounts;
}

interface IsolatedFactory {
  readonly displayName: string;
  readonly callIdPattern?: RegExp;
  /** Why the plugin cannot be used until the daemon restarts. */
  readonly failure?: FaultError;
  /** Its options are known to the thread only. */
  readonly options?: undefined;
  /** Returns the secrets in the options. */
  secrets(): readonly string[];
  /** Creates an instance. @throws {FaultError} `failure`, or what the plugin's `create` threw the first time. */
  create(host: ProviderHost, services: InstanceServices): ServedProvider;
}

/**
 * @throws {FaultError} CONFIG_INVALID if the options are invalid. Any other failure is that of the factory: only this plugin is
 * FAILED.
 */
export async function loadIsolatedFactory(
  { id, plugin: specifier, options }: ConfiguredPlugin,
  deps: IsolationDeps,
): Promise<IsolatedFactory> {
  const start = (): IsolatedThread =>
    new IsolatedThread({
      ...deps,
      data: { ...deps.data, providerId: id as ProviderId },
      plugin: {
        specifier,
        url: locatePlugin(specifier, deps.baseDir),
        options,
        key: `providers.${id}.options`,
      },
    });
  let thread: IsolatedThread | undefined;
  try {
    thread = start();
    const loading = thread;
    const description = await inTime(deps.clock, specifier, (signal) => loading.load(signal));
    const created = await inTime(deps.clock, specifier, (signal) => loading.create(signal)).catch(asFault);
    const { secrets, ...known } = description;
    return { ...known, secrets: () => secrets, ...createInstances(created, loading, start) };
  } catch (error) {
    thread?.end();
    if (isFault(error) && error.kind === 'config') throw error;
    return failed(id, asFault(error));
  }
}

function createInstances(
  created: Features | FaultError,
  first: IsolatedThread,
  start: () => IsolatedThread,
): Pick<IsolatedFactory, 'create'> {
  let prepared: IsolatedThread | undefined = first;
  return {
    create(host, services) {
      const thread = prepared ?? start();
      const isPrepared = thread === prepared;
      prepared = undefined;
      thread.bind(host, services);
      if (isFault(created)) throw created;
      const provider = thread.provider(created);
      if (isPrepared) return provider;
      return {
        ...provider,
        async start(signal) {
          await thread.load(signal);
          await thread.create(signal);
          await provider.start(signal);
        },
      };
    },
  };
}

const NEVER = new AbortController().signal;

function inTime<Value>(
  clock: Clock,
  specifier: string,
  task: (signal: AbortSignal) => Promise<Value>,
): Promise<Value> {
  const timeoutError = (): FaultError =>
    new FaultError(
      'PLUGIN_LOAD_FAILED',
      `plugin ${specifier}: load timed out after ${LOAD_TIMEOUT_MS / 1000} s`,
    );
  return withDeadline(
    { clock, timeoutMs: LOAD_TIMEOUT_MS, timeoutError, signal: NEVER, abortError: timeoutError },
    task,
  );
}

const failed = (id: string, failure: FaultError): IsolatedFactory => ({
  displayName: id,
  failure,
  secrets: () => [],
  create() {
    throw failure;
  },
});

const asFault = (error: unknown): FaultError =>
  isFault(error)
    ? error
    : new FaultError('PLUGIN_LOAD_FAILED', `the thread of the plugin failed: ${messageOf(error)}`, {
        cause: error,
      });
