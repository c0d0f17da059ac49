/** The host of a plugin instance, without the parts of one kind of plugin. What it provides ends with the instance's lease. */
import { randomBytes } from 'node:crypto';
import type { Clock, Logger, PluginHost, PluginState } from '@sidetone/core';
import { isBusy, retryWhileBusy } from '../calls/store-retry.ts';
import type { CountsBy } from '../metrics/counts.ts';
import type { StateStore } from './ports.ts';
import type { RecentRequests } from './requests/recent-requests.ts';
import { recordAccess } from './requests/recorded-access.ts';
import { AddressGuard } from './sockets/address-guard.ts';
import { dial } from './sockets/dial.ts';
import { createGuardedAccess } from './sockets/guarded-access.ts';
import type { Lease } from './supervision/lease.ts';
import { leaseClock, leaseSocket } from './supervision/leased-resources.ts';

export interface PluginHostDeps {
  readonly stateStore: StateStore;
  readonly clock: Clock;
  readonly log: Logger;
  /** Default limit of a WebSocket message, bytes. */
  readonly socketMessageBytes: number;
  /** Decides about addresses that a client supplied. Default: only public ones. */
  readonly addressGuard?: AddressGuard;
  /** Receives the requests and sockets of the plugin. */
  readonly requests?: Pick<RecentRequests, 'begin'>;
  /** Returns a `fetch` whose requests are spans of a trace. */
  readonly traceAccess?: ((owner: string, send: typeof fetch) => typeof fetch) | undefined;
  /** Counts the limits of plugins that were reached. */
  readonly limits?: CountsBy<[plugin: string, limit: string]>;
}

/** Timeout of `fetch` if the plugin passes no signal. */
const FETCH_TIMEOUT_MS = 30_000;
/** A name that a plugin gives to one of its limits. */
const LIMIT_NAME = /^[A-Za-z_.]{1,64}$/;
const MAX_STATE_BYTES = 64 * 1024;

/** @param owner the owner of the state, unique among the plugins of the configuration. */
export function createPluginHost(owner: string, lease: Lease, deps: PluginHostDeps): PluginHost {
  const { log, socketMessageBytes, addressGuard: guard = new AddressGuard({ allowedHosts: [] }) } = deps;
  const guarded = createGuardedAccess({ guard, log, socketMessageBytes });
  return {
    clock: leaseClock(deps.clock, lease, owner),
    log: deps.log,
    ...createAccess(owner, lease, deps),
    guarded: {
      async fetch(url, options) {
        lease.assertNotEnded();
        return guarded.fetch(url, options);
      },
      async dial(url, options) {
        lease.assertNotEnded();
        return leaseSocket(await guarded.dial(url, options), lease);
      },
    },
    limitReached(limit, count = 1) {
      if (LIMIT_NAME.test(limit) && count > 0) deps.limits?.add(count, owner, limit);
    },
    randomToken: () => randomBytes(32).toString('base64url'),
    state: createState(owner, lease, deps),
  };
}

function createAccess(
  owner: string,
  lease: Lease,
  { socketMessageBytes, requests, traceAccess }: PluginHostDeps,
): Pick<PluginHost, 'fetch' | 'dial'> {
  const send: typeof fetch = async (input, init) => {
    lease.assertNotEnded();
    return fetch(input, { ...init, signal: init?.signal ?? AbortSignal.timeout(FETCH_TIMEOUT_MS) });
  };
  const access: Pick<PluginHost, 'fetch' | 'dial'> = {
    fetch: traceAccess ? traceAccess(owner, send) : send,
    async dial(url, options) {
      lease.assertNotEnded();
      return leaseSocket(await dial(url, options, socketMessageBytes), lease);
    },
  };
  return requests ? recordAccess(access, requests) : access;
}

/** After the lease has ended, writes are rejected: they could overwrite the state of the next instance. */
function createState(owner: string, lease: Lease, { stateStore: store, clock }: PluginHostDeps): PluginState {
  /** The last write, while it is retried because the database is locked. Later writes and reads wait for it. */
  let retried: Promise<void> | undefined;
  async function write(task: () => void): Promise<void> {
    const attempt = (): void => {
      lease.assertNotEnded();
      task();
    };
    if (!retried) {
      try {
        return attempt();
      } catch (error) {
        if (!isBusy(error)) throw error;
      }
    }
    const before = retried ?? Promise.resolve();
    const written = before.then(() => retryWhileBusy(clock, attempt));
    const settled = written.catch(() => undefined);
    retried = settled;
    await written.finally(() => {
      if (retried === settled) retried = undefined;
    });
  }

  return {
    async get(key) {
      await retried;
      return store.get(owner, key);
    },
    async set(key, value) {
      if (Buffer.byteLength(value) > MAX_STATE_BYTES)
        throw new RangeError(`state value: expected at most ${MAX_STATE_BYTES} bytes`);
      await write(() => store.set(owner, key, value));
    },
    async delete(key) {
      await write(() => store.delete(owner, key));
    },
    async list(prefix) {
      await retried;
      return store.list(owner, prefix);
    },
  };
}
