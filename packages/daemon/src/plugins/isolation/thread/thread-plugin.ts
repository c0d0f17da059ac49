/**
 * The plugin's end of the link: loads the plugin, creates its instance and serves it. It runs in a thread, and in tests beside the
 * other end.
 */
import {
  FaultError,
  type Clock,
  type Logger,
  type Provider,
  type ProviderHost,
  type ProviderId,
} from '@sidetone/core';
import { secretsIn } from '../../check-secrets.ts';
import { createChecked } from '../../create-checked.ts';
import { importPlugin, parseOptions, type Plugins } from '../../load.ts';
import { createPluginAccess, type PluginAccess, type PluginAccessDeps } from '../../plugin-access.ts';
import { Lease, runGuarded } from '../../supervision/lease.ts';
import { encodeError } from '../link/encoded-error.ts';
import { Link, type Handlers, type LinkDeps } from '../link/link.ts';
import type { DaemonMethods, Features, HostFacts, ThreadMethods } from '../link/protocol.ts';
import { createThreadHost, createThreadLog, createThreadRequests } from './thread-host.ts';
import { featuresOf, serveInstance, type ThreadInstanceDeps } from './thread-instance.ts';
import { ThreadSockets } from './thread-sockets.ts';
import { ThreadDemand } from './thread-streams.ts';

type ToDaemon = Link<DaemonMethods, ThreadMethods>;

export interface ThreadPluginDeps extends Pick<
  LinkDeps<ThreadMethods>,
  'port' | 'onOverrun' | 'atEndOfTurn'
> {
  readonly providerId: ProviderId;
  readonly clock: Clock;
  readonly access: Pick<PluginAccessDeps, 'socketMessageBytes' | 'addressGuard'>;
  /** Replaces parts of the host in tests. */
  readonly createAccess?: (lease: Lease, log: Logger) => PluginAccess;
}

export interface ThreadPlugin {
  /** Creates the instance of the plugin. */
  create(facts: HostFacts, createProvider: (host: ProviderHost) => Provider): Features;
  /** Reports an exception that no caller of the plugin received. */
  onUncaught(where: string, error: unknown): void;
  /** Returns how many messages were dropped since the last call. */
  takeDropped(): number;
}

export function serveThread(deps: ThreadPluginDeps): ThreadPlugin {
  const { providerId, clock, port } = deps;
  const onException = (where: string, error: unknown): void =>
    void link.offer('exception', where, encodeError(error));
  const onRequestFailed = (where: string, error: unknown): void =>
    void link.offer('requestFailed', where, encodeError(error));
  const lease = new Lease(onException);
  let plugin: { readonly create: (host: ProviderHost) => Provider } | undefined;
  let instance: Provider | undefined;
  let facts: HostFacts | undefined;
  let request = 0;
  let lostEvents = 0;

  const handlers: Record<string, (...args: never[]) => unknown> = {};
  const link: ToDaemon = new Link({
    port,
    handlers: handlers as unknown as Handlers<ThreadMethods>,
    onError: onException,
    onOverrun: deps.onOverrun,
    ...(deps.atEndOfTurn && { atEndOfTurn: deps.atEndOfTurn }),
  });
  const demand = new ThreadDemand(link, (where, task) => lease.run(where, task));
  const sockets = new ThreadSockets(link, (task) =>
    runGuarded(task, (error) => onRequestFailed('socket listener', error)),
  );
  const log = createThreadLog(link);
  const access =
    deps.createAccess?.(lease, log) ??
    createPluginAccess(providerId, lease, { log, requests: createThreadRequests(link), ...deps.access });
  const instanceDeps: ThreadInstanceDeps = {
    sockets,
    demand,
    lostEvents: () => lostEvents,
    onRequestFailed,
    closeSocket: (id, code) => link.note('closeSocket', id, code, undefined),
    asRequest(id, run) {
      const outer = request;
      request = id;
      try {
        return run();
      } finally {
        request = outer;
      }
    },
  };

  function create(given: HostFacts, createProvider: (host: ProviderHost) => Provider): Features {
    facts = given;
    const host = createThreadHost({
      providerId,
      link,
      lease,
      clock,
      access,
      demand,
      facts: () => facts ?? given,
      currentRequest: () => request,
      onEventLost: () => lostEvents++,
    });
    instance = createProvider(host);
    Object.assign(handlers, serveInstance(instance, instanceDeps));
    return featuresOf(instance);
  }

  const own: Handlers<Pick<ThreadMethods, 'load' | 'create' | 'start'>> = {
    async load(requested) {
      const { plugin: loaded, options } = await loadByUrl(requested, clock);
      plugin = { create: (host) => createChecked('provider', loaded, options, host) };
      const { displayName, callIdPattern } = loaded;
      return {
        displayName,
        secrets: secretsIn(options),
        ...(callIdPattern instanceof RegExp && { callIdPattern }),
      };
    },
    create(given) {
      if (!plugin) throw new FaultError('PLUGIN_START_FAILED', 'the plugin is not loaded');
      return create(given, plugin.create);
    },
    async start(given, signal) {
      facts = given;
      lease.open();
      await instance?.start(signal);
    },
  };
  Object.assign(handlers, own);
  let reported = 0;
  return {
    create,
    onUncaught: onException,
    takeDropped() {
      const { dropped } = link.outbox;
      const since = dropped - reported;
      reported = dropped;
      return since;
    },
  };
}

async function loadByUrl(
  { specifier, url, options, key }: Parameters<ThreadMethods['load']>[0],
  clock: Clock,
): Promise<{ readonly plugin: Plugins['provider']; readonly options: unknown }> {
  const plugin = await importPlugin('provider', { specifier, url }, clock);
  return { plugin, options: await parseOptions(plugin, options, key, clock) };
}
