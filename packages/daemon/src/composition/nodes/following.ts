/** What readers of this node see of the calls of other nodes. Without a cluster, there is nothing to follow. */
import type { CallId } from '@sidetone/core';
import type { DependencyContainer } from 'tsyringe';
import { isNotOwner } from '../../calls/loading/call-loads.ts';
import type { RecordFeed, SharedLog } from '../../calls/ports.ts';
import { ClusterCalls } from '../../live/following/cluster-calls.ts';
import { LogFollower } from '../../live/following/log-follower.ts';
import type { Following } from '../../live/following/following.ts';
import * as tokens from '../../tokens.ts';
import type { Environment, Get, Register } from '../registration.ts';

export function registerFollowing(register: Register, environment: Environment): void {
  const { cluster, store } = environment;
  register(tokens.FOLLOWING, (get) => ({
    active: cluster && store.sharedLog ? follow(get, environment, cluster, store.sharedLog) : undefined,
  }));
  register(tokens.SHOWN_CALLS, (get) => get(tokens.FOLLOWING).active?.calls ?? get(tokens.CALL_REGISTRY));
}

function follow(
  get: Get,
  { clock, log, store }: Environment,
  { positions }: NonNullable<Environment['cluster']>,
  sharedLog: SharedLog,
): Following {
  const hub = get(tokens.RECORD_HUB);
  const { active: relay } = get(tokens.NODE_RELAY);
  const calls = new ClusterCalls({ registry: get(tokens.CALL_REGISTRY) });
  const follower = new LogFollower({
    log: sharedLog,
    position: store.startPosition,
    deliver({ records, upTo }) {
      calls.apply(records);
      relay?.partials.recorded(records);
      hub.publish(records, upTo);
    },
    announcements: positions,
    clock,
    logger: log('live'),
  });
  return { follower, calls };
}

/** Returns what forgets a call of which data was removed. */
export function forgetCall(get: Get): (callId: CallId) => void {
  const registry = get(tokens.CALL_REGISTRY);
  const calls = get(tokens.FOLLOWING).active?.calls;
  return (callId) => {
    registry.forget(callId);
    calls?.forget(callId);
  };
}

/** Forgets what other nodes may have removed from the store while this one could not learn of it. */
export function forgetRemoved(parts: DependencyContainer): void {
  parts.resolve(tokens.RECORD_HUB).forgetAll();
  parts.resolve(tokens.FOLLOWING).active?.calls.forgetEnded();
  parts.resolve(tokens.FAN_OUT).forget();
}

/** What receives the records of own commits. */
export function commitFeed(get: Get): Pick<RecordFeed, 'publish'> {
  return get(tokens.FOLLOWING).active?.follower ?? get(tokens.RECORD_HUB);
}

/** Starts to follow the other nodes. Call it before this node serves clients. */
export async function followLog({
  parts,
  undo,
}: {
  readonly parts: DependencyContainer;
  readonly undo: (() => unknown)[];
}): Promise<void> {
  const { sharedLog } = parts.resolve(tokens.STORE);
  const { active } = parts.resolve(tokens.FOLLOWING);
  if (!sharedLog || !active) return;
  const { follower, calls } = active;
  const live = await sharedLog.liveCalls();
  calls.load(live.calls, live.position);
  undo.push(() => follower.stop());
  follower.start();
}

/**
 * Returns what has to be awaited before it is known whether a call can be listened to. Another node may decide about it, and may
 * have stored its start just now.
 */
export function readyToListen(get: Get): (callId: CallId) => Promise<void> | undefined {
  const { active } = get(tokens.FOLLOWING);
  const ingest = get(tokens.INGEST);
  if (!active) return (callId) => ingest.ready(callId);
  const { calls, follower } = active;
  return (callId) => (calls.recall(callId) ? undefined : load(callId));

  async function load(callId: CallId): Promise<void> {
    await follower.catchUp();
    if (calls.recall(callId)) return;
    try {
      await ingest.ready(callId);
    } catch (error) {
      if (!isNotOwner(error)) throw error;
    }
  }
}
