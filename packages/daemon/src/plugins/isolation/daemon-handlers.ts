/** What a plugin in a thread asks of the daemon, carried out with the host of its instance. */
import type { ProviderHost } from '@sidetone/core';
import { compareAndSet } from '@sidetone/plugin-kit';
import type { OpenRequest } from '../requests/recent-requests.ts';
import { DaemonStreams } from './daemon-streams.ts';
import type { DaemonSockets } from './daemon-sockets.ts';
import { decodeError } from './link/encoded-error.ts';
import type { InstanceServices } from './instance-services.ts';
import type { Handlers, Link } from './link/link.ts';
import { decodeFields } from './link/plain-fields.ts';
import type { DaemonMethods, ThreadMethods } from './link/protocol.ts';

interface DaemonHandlersDeps {
  readonly host: ProviderHost;
  readonly services: InstanceServices;
  readonly sockets: DaemonSockets;
  readonly link: Link<ThreadMethods, DaemonMethods>;
}

interface DaemonHandlers {
  readonly methods: Handlers<DaemonMethods>;
  /** Notes the request whose handler is being called. Returns a function that ends that. */
  readonly beginRequest: (id: number) => () => void;
}

type RunAsRequest = ReturnType<InstanceServices['requests']['attribute']>;

export function createDaemonHandlers({ host, services, sockets, link }: DaemonHandlersDeps): DaemonHandlers {
  const streams = new DaemonStreams(host, link);
  const requests = new Map<number, RunAsRequest>();
  const asRequest = (id: number, task: () => void): void => {
    const run = requests.get(id);
    if (run) run(task);
    else task();
  };
  return {
    methods: {
      emit(request, event) {
        asRequest(request, () => host.emit(event));
        streams.refresh(event.providerCallId);
      },
      ...streams.handlers(asRequest),
      ...sockets.handlers,
      ...accessHandlers(services),
      log: (level, message, fields) => host.log[level](message, fields && decodeFields(fields)),
      limitReached: (limit, count) => host.limitReached?.(limit, count),
      state: (method, args) => callState(host, method, args),
      exception: (where, error) => services.onException(where, decodeError(error)),
      requestFailed: (where, error) => services.onRequestFailed(where, decodeError(error)),
    },
    beginRequest(id) {
      requests.set(id, services.requests.attribute());
      return () => void requests.delete(id);
    },
  };
}

function callState(
  { state }: ProviderHost,
  method: Parameters<DaemonMethods['state']>[0],
  [key = '', value, replacement]: readonly (string | undefined)[],
): Promise<unknown> {
  if (method === 'set') return state.set(key, value ?? '');
  if (method === 'compareAndSet') return compareAndSet(state, key, value, replacement);
  return state[method](key);
}

/** The requests and sockets of the plugin to its provider, which the thread opens itself. */
function accessHandlers({
  recentRequests,
}: InstanceServices): Pick<Handlers<DaemonMethods>, 'beginAccess' | 'describeAccess' | 'endAccess'> {
  const open = new Map<number, OpenRequest>();
  return {
    beginAccess: (id, start) => void open.set(id, recentRequests.begin(start)),
    describeAccess: (id, body, contentType) => open.get(id)?.body(body, contentType),
    endAccess(id, result) {
      open.get(id)?.end(result);
      // The first result of a socket is the status of its handshake.
      if (result.status !== SWITCHING) open.delete(id);
    },
  };
}

const SWITCHING = 101;
