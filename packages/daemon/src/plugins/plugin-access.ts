/** The part of a host through which a plugin reaches the network. It ends with the lease, and needs nothing of the daemon. */
import { randomBytes } from 'node:crypto';
import type { Logger, PluginHost } from '@sidetone/core';
import type { RecentRequests } from './requests/recent-requests.ts';
import { recordAccess } from './requests/recorded-access.ts';
import { AddressGuard } from './sockets/address-guard.ts';
import { dial } from './sockets/dial.ts';
import { createGuardedAccess } from './sockets/guarded-access.ts';
import type { Lease } from './supervision/lease.ts';
import { leaseSocket } from './supervision/leased-resources.ts';

export interface PluginAccessDeps {
  readonly log: Logger;
  /** Default limit of a WebSocket message, bytes. */
  readonly socketMessageBytes: number;
  /** Decides about addresses that a client supplied. Default: only public ones. */
  readonly addressGuard?: AddressGuard;
  /** Receives the requests and sockets of the plugin. */
  readonly requests?: Pick<RecentRequests, 'begin'>;
  /** Returns a `fetch` whose requests are spans of a trace. */
  readonly traceAccess?: ((owner: string, send: typeof fetch) => typeof fetch) | undefined;
}

/** Timeout of `fetch` if the plugin passes no signal. */
const FETCH_TIMEOUT_MS = 30_000;

export type PluginAccess = Pick<PluginHost, 'fetch' | 'dial' | 'guarded' | 'randomToken'>;

export function createPluginAccess(owner: string, lease: Lease, deps: PluginAccessDeps): PluginAccess {
  const { log, socketMessageBytes, addressGuard: guard = new AddressGuard({ allowedHosts: [] }) } = deps;
  const guarded = createGuardedAccess({ guard, log, socketMessageBytes });
  return {
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
    randomToken: () => randomBytes(32).toString('base64url'),
  };
}

function createAccess(
  owner: string,
  lease: Lease,
  { socketMessageBytes, requests, traceAccess }: PluginAccessDeps,
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
