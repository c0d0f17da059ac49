/** The host of a plugin in a thread. What needs nothing of the daemon runs in the thread; the rest are messages. */
import {
  type Clock,
  type Logger,
  type PluginState,
  type ProviderHost,
  type ProviderId,
} from '@sidetone/core';
import type { PluginAccess } from '../../plugin-access.ts';
import { urlOfProvider } from '../../provider/provider-url.ts';
import type { RecentRequests } from '../../requests/recent-requests.ts';
import type { Lease } from '../../supervision/lease.ts';
import { leaseClock } from '../../supervision/leased-resources.ts';
import type { Link } from '../link/link.ts';
import { encodeFields } from '../link/plain-fields.ts';
import type { DaemonMethods, HostFacts, StateMethod } from '../link/protocol.ts';
import { createThreadStream, type ThreadDemand } from './thread-streams.ts';

export interface ThreadHostDeps {
  readonly providerId: ProviderId;
  readonly link: Pick<Link<DaemonMethods, object>, 'note' | 'offer' | 'call'>;
  readonly lease: Lease;
  readonly clock: Clock;
  readonly access: PluginAccess;
  readonly demand: ThreadDemand;
  /** The newest facts: the address of the daemon is not known before it listens. */
  readonly facts: () => HostFacts;
  /** The id of the request whose handler is being called; 0 outside of requests. */
  readonly currentRequest: () => number;
  /** Called with each event that is not sent. */
  readonly onEventLost: () => void;
}

export function createThreadHost(deps: ThreadHostDeps): ProviderHost {
  const { providerId: id, link, lease, demand, facts, currentRequest } = deps;
  const clock = leaseClock(deps.clock, lease, id);
  const { isExposed, country, isStateShared } = facts();
  let lastStream = 0;
  return {
    ...deps.access,
    clock,
    log: createThreadLog(link),
    state: createThreadState(link, lease, isStateShared),
    isExposed,
    ...(country !== undefined && { country }),
    emit(event) {
      if (!link.offer('emit', currentRequest(), event)) deps.onEventLost();
    },
    openStream(options) {
      const stream = ++lastStream;
      link.note('openStream', stream, currentRequest(), options);
      return createThreadStream(stream, { link, schedule: (delayMs, task) => clock.schedule(delayMs, task) });
    },
    hasDemand: (kind, call) => demand.has(kind, call),
    onDemandChange: (listener) => demand.onChange(listener),
    publicUrl: (path, scheme) => urlOfProvider(id, path, new URL(facts().publicUrl), scheme),
    limitReached: (limit, count) => void link.offer('limitReached', limit, count),
  };
}

export function createThreadLog(link: Pick<Link<DaemonMethods, object>, 'offer'>): Logger {
  const at =
    (level: keyof Logger): Logger['info'] =>
    (message, fields) =>
      void link.offer('log', level, message, fields && encodeFields(fields));
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

function createThreadState(link: ThreadHostDeps['link'], lease: Lease, isShared: boolean): PluginState {
  const call = async (method: StateMethod, ...args: readonly (string | undefined)[]): Promise<unknown> =>
    link.call(undefined, 'state', method, args);
  const write = async (method: StateMethod, ...args: readonly (string | undefined)[]): Promise<unknown> => {
    lease.assertNotEnded();
    return call(method, ...args);
  };
  return {
    isShared,
    get: (key) => call('get', key) as ReturnType<PluginState['get']>,
    set: (key, value) => write('set', key, value) as Promise<void>,
    delete: (key) => write('delete', key) as Promise<void>,
    compareAndSet: (key, expected, value) => write('compareAndSet', key, expected, value) as Promise<boolean>,
    list: (prefix) => call('list', prefix) as ReturnType<PluginState['list']>,
  };
}

/** Records the requests of the plugin in the daemon. */
export function createThreadRequests(
  link: Pick<Link<DaemonMethods, object>, 'offer'>,
): Pick<RecentRequests, 'begin'> {
  let last = 0;
  return {
    begin(start) {
      const access = ++last;
      link.offer('beginAccess', access, start);
      return {
        body: (body, contentType) => void link.offer('describeAccess', access, body, contentType),
        end: (result) => void link.offer('endAccess', access, result),
      };
    },
  };
}
