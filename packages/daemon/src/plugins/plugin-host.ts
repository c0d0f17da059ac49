/** The host of a plugin instance, without the parts of one kind of plugin. What it provides ends with the instance's lease. */
import type { Clock, PluginHost, PluginState } from '@sidetone/core';
import type { NowOrLater } from '../now-or-later.ts';
import { isBusy, retryWhileBusy } from '../calls/store-retry.ts';
import type { CountsBy } from '../metrics/counts.ts';
import { createPluginAccess, type PluginAccessDeps } from './plugin-access.ts';
import type { StateStore } from './ports.ts';
import type { Lease } from './supervision/lease.ts';
import { leaseClock } from './supervision/leased-resources.ts';

export interface PluginHostDeps extends PluginAccessDeps {
  readonly stateStore: StateStore;
  readonly clock: Clock;
  /** Counts the limits of plugins that were reached. */
  readonly limits?: CountsBy<[plugin: string, limit: string]>;
}

/** A name that a plugin gives to one of its limits. */
const LIMIT_NAME = /^[A-Za-z_.]{1,64}$/;
const MAX_STATE_BYTES = 64 * 1024;

/** @param owner the owner of the state, unique among the plugins of the configuration. */
export function createPluginHost(owner: string, lease: Lease, deps: PluginHostDeps): PluginHost {
  return {
    clock: leaseClock(deps.clock, lease, owner),
    log: deps.log,
    ...createPluginAccess(owner, lease, deps),
    limitReached(limit, count = 1) {
      if (LIMIT_NAME.test(limit) && count > 0) deps.limits?.add(count, owner, limit);
    },
    state: createState(owner, lease, deps),
  };
}

/** After the lease has ended, writes are rejected: they could overwrite the state of the next instance. */
function createState(owner: string, lease: Lease, { stateStore: store, clock }: PluginHostDeps): PluginState {
  /** The last write, until the store has answered: later writes and reads wait for it. The database may be locked. */
  let unfinished: Promise<unknown> | undefined;
  async function write<Result>(task: () => NowOrLater<Result>): Promise<Result> {
    const attempt = (): NowOrLater<Result> => {
      lease.assertNotEnded();
      return task();
    };
    let written: Promise<Result> | undefined;
    if (!unfinished) {
      try {
        const first = attempt();
        if (!(first instanceof Promise)) return first;
        written = first;
      } catch (error) {
        if (!isBusy(error)) throw error;
      }
    }
    written ??= (unfinished ?? Promise.resolve()).then(() => retryWhileBusy(clock, attempt));
    const settled = written.catch(() => undefined);
    unfinished = settled;
    return written.finally(() => {
      if (unfinished === settled) unfinished = undefined;
    });
  }

  return {
    get isShared() {
      return store.isShared;
    },
    async get(key) {
      await unfinished;
      return store.get(owner, key);
    },
    async set(key, value) {
      assertSmall(value);
      await write(() => store.set(owner, key, value));
    },
    async delete(key) {
      await write(() => store.delete(owner, key));
    },
    async compareAndSet(key, expected, value) {
      if (value !== undefined) assertSmall(value);
      return write(() => store.compareAndSet(owner, key, expected, value));
    },
    async list(prefix) {
      await unfinished;
      return store.list(owner, prefix);
    },
  };
}

function assertSmall(value: string): void {
  if (Buffer.byteLength(value) > MAX_STATE_BYTES)
    throw new RangeError(`state value: expected at most ${MAX_STATE_BYTES} bytes`);
}
