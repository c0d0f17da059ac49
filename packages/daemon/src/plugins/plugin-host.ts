/** The host of a plugin instance, without the parts of one kind of plugin. What it provides ends with the instance's lease. */
import { randomBytes } from 'node:crypto';
import type { Clock, Logger, PluginHost, PluginState } from '@sidetone/core';
import type { StateStore } from './ports.ts';
import { dial } from './sockets/dial.ts';
import type { Lease } from './supervision/lease.ts';
import { leaseClock, leaseSocket } from './supervision/leased-resources.ts';

export interface PluginHostDeps {
  readonly stateStore: StateStore;
  readonly clock: Clock;
  readonly log: Logger;
  /** Default limit of a WebSocket message, bytes. */
  readonly socketMessageBytes: number;
}

/** Timeout of `fetch` if the plugin passes no signal. */
const FETCH_TIMEOUT_MS = 30_000;
const MAX_STATE_BYTES = 64 * 1024;

/** @param owner the owner of the state, unique among the plugins of the configuration. */
export function createPluginHost(owner: string, lease: Lease, deps: PluginHostDeps): PluginHost {
  return {
    clock: leaseClock(deps.clock, lease),
    log: deps.log,
    async fetch(input, init) {
      lease.assertNotEnded();
      return fetch(input, { ...init, signal: init?.signal ?? AbortSignal.timeout(FETCH_TIMEOUT_MS) });
    },
    async dial(url, options) {
      lease.assertNotEnded();
      return leaseSocket(await dial(url, options, deps.socketMessageBytes), lease);
    },
    randomToken: () => randomBytes(32).toString('base64url'),
    state: createState(owner, lease, deps.stateStore),
  };
}

/** After the lease has ended, writes are rejected: they could overwrite the state of the next instance. */
function createState(owner: string, lease: Lease, store: StateStore): PluginState {
  return {
    get: async (key) => store.get(owner, key),
    async set(key, value) {
      if (Buffer.byteLength(value) > MAX_STATE_BYTES)
        throw new RangeError(`state value: expected at most ${MAX_STATE_BYTES} bytes`);
      lease.assertNotEnded();
      store.set(owner, key, value);
    },
    async delete(key) {
      lease.assertNotEnded();
      store.delete(owner, key);
    },
    list: async (prefix) => store.list(owner, prefix),
  };
}
