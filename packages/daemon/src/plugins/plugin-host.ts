/** What an instance of any plugin may touch, made of the daemon's parts. It ends with its lease. */
import { randomBytes } from 'node:crypto';
import type { Clock, Logger, PluginState, ProviderId, TranscriberHost } from '@sidetone/core';
import type { StateStore } from './ports.ts';
import { dial } from './sockets/dial.ts';
import { leaseClock } from './supervision/leased-clock.ts';
import { leaseSocket } from './sockets/leased-socket.ts';
import type { Lease } from './supervision/lease.ts';

export interface CommonHostDeps {
  readonly stateStore: StateStore;
  readonly clock: Clock;
  readonly log: Logger;
  readonly socketMessageBytes: number;
}

/** How long a request of a plugin may take when it gives no signal of its own. */
const FETCH_TIMEOUT_MS = 30_000;
const MAX_STATE_BYTES = 64 * 1024;

/** @param owner whose state it is: different for any two plugins of the configuration. */
export function createCommonHost(owner: string, lease: Lease, deps: CommonHostDeps): TranscriberHost {
  return {
    clock: leaseClock(deps.clock, lease),
    log: deps.log,
    async fetch(input, init) {
      lease.check();
      return fetch(input, { ...init, signal: init?.signal ?? AbortSignal.timeout(FETCH_TIMEOUT_MS) });
    },
    async dial(url, options) {
      lease.check();
      return leaseSocket(await dial(url, options, deps.socketMessageBytes), lease);
    },
    randomToken: () => randomBytes(32).toString('base64url'),
    state: createState(owner as ProviderId, lease, deps.stateStore),
  };
}

/** An instance that has ended may no longer write over what the next one keeps. */
function createState(providerId: ProviderId, lease: Lease, store: StateStore): PluginState {
  return {
    get: async (key) => store.get(providerId, key),
    async set(key, value) {
      if (Buffer.byteLength(value) > MAX_STATE_BYTES)
        throw new RangeError(`state of more than ${MAX_STATE_BYTES} bytes`);
      lease.check();
      store.set(providerId, key, value);
    },
    async delete(key) {
      lease.check();
      store.delete(providerId, key);
    },
    list: async (prefix) => store.list(providerId, prefix),
  };
}
