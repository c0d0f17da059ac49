/** Plugins on both ends of a link in one thread: every value is cloned as between threads, and arrives at once. */
import type { Provider, ProviderHost, ProviderId, ProviderPlugin } from '@sidetone/core';
import { createFakeClock } from '@sidetone/testkit';
import { createIsolationCounts } from '../../src/plugins/isolation/isolation-counts.ts';
import { IsolatedThread } from '../../src/plugins/isolation/isolated-thread.ts';
import type { Parcel, Port } from '../../src/plugins/isolation/link/parcel.ts';
import { serveThread } from '../../src/plugins/isolation/thread/thread-plugin.ts';
import { RequestFailures } from '../../src/plugins/provider/request-failures.ts';

export const atOnce = (task: () => void): void => task();

/** Two connected ports. `deliver` decides when a parcel arrives; by default, at once. */
export function portPair(deliver: (task: () => void) => void = atOnce): readonly [Port, Port] {
  const listeners: ((parcel: Parcel) => void)[] = [];
  const portOf = (own: number): Port => ({
    post(parcel, transfer) {
      const copy = structuredClone(parcel, { transfer: [...transfer] });
      deliver(() => listeners[1 - own]?.(copy));
    },
    onParcel: (listener) => void (listeners[own] = listener),
  });
  return [portOf(0), portOf(1)];
}

/** Returns the plugin as the daemon would run it in a thread, but beside the daemon. The audits call two methods synchronously. */
export function isolated<Options>(plugin: ProviderPlugin<Options>): ProviderPlugin<Options> {
  return { ...plugin, create: (options, host) => createIsolated(plugin, options, host) };
}

function createIsolated<Options>(
  plugin: ProviderPlugin<Options>,
  options: Options,
  host: ProviderHost,
): Provider {
  const [daemonPort, threadPort] = portPair();
  const facts = {
    publicUrl: new URL('../../', host.publicUrl('')).href,
    isExposed: host.isExposed,
    isStateShared: host.state.isShared === true,
    ...(host.country !== undefined && { country: host.country }),
  };
  const fail = (where: string, error: unknown): never => {
    throw new Error(`${where} threw`, { cause: error });
  };
  const { fetch, dial, guarded } = host;
  const served = serveThread({
    providerId: 'fake' as ProviderId,
    clock: host.clock,
    port: threadPort,
    access: { socketMessageBytes: 1_000_000 },
    createAccess: () => ({ fetch, dial, guarded, randomToken: () => host.randomToken() }),
    atEndOfTurn: atOnce,
    onOverrun: () => fail('overrun', undefined),
  });
  const thread = new IsolatedThread({
    startThread: () => ({ port: daemonPort, ping: () => undefined, terminate: () => Promise.resolve() }),
    data: { providerId: 'fake' as ProviderId, socketMessageBytes: 1_000_000, outgoing: { allowedHosts: [] } },
    plugin: { specifier: '', url: '', options: {}, key: '' },
    facts: () => facts,
    maxBytes: 1_000_000,
    clock: createFakeClock(),
    counts: createIsolationCounts(),
    atEndOfTurn: atOnce,
  });
  const requests = new RequestFailures();
  thread.bind(host, {
    onException: fail,
    onRequestFailed: fail,
    onLost: (fault) => fail('the thread', fault),
    onBlocked: () => undefined,
    requests,
    recentRequests: { begin: () => ({ body: () => undefined, end: () => undefined }) },
    hold: () => undefined,
  });
  let inner!: Provider;
  const features = served.create(facts, (threadHost) => (inner = plugin.create(options, threadHost)));
  const { controlsFor: _controlsFor, ingress, ...provider } = thread.provider(features);
  const { admitRequest, admitSocket } = inner.ingress ?? {};
  return {
    ...provider,
    ...(inner.controlsFor && { controlsFor: (call) => inner.controlsFor!(call) }),
    ...(ingress && {
      ingress: { ...ingress, ...(admitRequest && { admitRequest }), ...(admitSocket && { admitSocket }) },
    }),
  } as Provider;
}
