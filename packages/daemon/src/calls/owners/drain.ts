/**
 * Empties a node before it stops. Calls without a stream go to other nodes at once. Those with a stream stay until it ends: no
 * provider opens the socket of a call again at another node, so closing it would end the call, or its audio. Meanwhile load
 * balancers learn that the node is not ready, and then clients have to connect to another one.
 */
import { messageOf, type Call, type CallId, type Clock, type Logger } from '@sidetone/core';
import type { CallRegistry } from '../call-registry.ts';
import type { Ingest } from '../ingest.ts';
import type { Owner } from '../loading/ports.ts';
import type { Peers } from './peers.ts';

/** How long load balancers have to notice that the node is not ready, before clients have to connect again, ms. */
export const NOTICE_MS = 5_000;
/** Calls that are handed over at once. */
export const HANDED_OVER_AT_ONCE = 20;
/** How often is looked whether streams have ended, and calls are tried again, ms. */
export const DRAIN_CHECK_MS = 500;

export interface DrainDeps {
  /** Tells the other nodes, so that they pass on no calls to this one. */
  readonly announce: () => Promise<void>;
  /** Another node that takes calls, a different one each time if possible; undefined if there is none. */
  readonly successor: () => Owner | undefined;
  /** From now on, this node owns no further calls, except those of streams that open here. */
  readonly passCallsOn: () => void;
  readonly registry: Pick<CallRegistry, 'live'>;
  readonly hasStream: (callId: CallId) => boolean;
  readonly ingest: Pick<Ingest, 'handOver'>;
  readonly peers: Peers;
  /** Closes the sockets of clients, and accepts no new ones. */
  readonly disconnectClients: () => void;
  readonly clock: Pick<Clock, 'elapsed' | 'delay'>;
  readonly log: Pick<Logger, 'info' | 'warn'>;
}

/**
 * Resolves when nothing is left to do, after `limitMs`, when `signal` aborts, or when there is no other node that takes calls, as if all
 * are stopped. Never rejects: what is left ends with the stop.
 */
export async function drain(deps: DrainDeps, limitMs: number, signal: AbortSignal): Promise<void> {
  const { successor, passCallsOn, clock, log } = deps;
  if (!successor()) return log.info('not draining: there is no other node');
  const until = clock.elapsed() + limitMs;
  log.info('draining', { ...countsOf(deps), limitMs });
  await announce(deps);
  passCallsOn();
  const noticed = clock.elapsed() + NOTICE_MS;
  let isNoticed = false;
  while (!signal.aborted && clock.elapsed() < until && successor()) {
    if (!isNoticed && clock.elapsed() >= noticed) {
      isNoticed = true;
      deps.disconnectClients();
    }
    await handOverQuiet(deps, signal);
    if (isNoticed && deps.registry.live().length === 0) break;
    await clock.delay(Math.min(DRAIN_CHECK_MS, Math.max(0, until - clock.elapsed())), signal);
  }
  log.info('drained', countsOf(deps));
}

const countsOf = ({ registry, hasStream }: DrainDeps) => {
  const live = registry.live();
  return { calls: live.length, withStream: live.filter(({ id }) => hasStream(id)).length };
};

/** Never rejects: without NATS, the others learn it when this node leaves. */
async function announce({ announce: tell, log }: DrainDeps): Promise<void> {
  try {
    await tell();
  } catch (error) {
    log.warn('telling other nodes of the drain failed', { reason: messageOf(error) });
  }
}

/** Hands over the calls without a stream. Never rejects. */
async function handOverQuiet(deps: DrainDeps, signal: AbortSignal): Promise<void> {
  const quiet = deps.registry.live().filter(({ id }) => !deps.hasStream(id));
  for (let i = 0; i < quiet.length && !signal.aborted; i += HANDED_OVER_AT_ONCE)
    await Promise.all(quiet.slice(i, i + HANDED_OVER_AT_ONCE).map((call) => handOver(deps, call)));
}

/** Never rejects. A call that was not adopted goes to the node that receives its next event. */
async function handOver(
  { successor, hasStream, ingest, peers, log }: DrainDeps,
  { id, providerId, providerCallId }: Call,
): Promise<void> {
  const owner = successor();
  // A stream may have opened meanwhile.
  if (!owner || hasStream(id)) return;
  try {
    await ingest.handOver({ providerId, providerCallId });
    await peers.request(owner, 'adopt', { providerId, providerCallId });
  } catch (error) {
    log.warn('handing over a call failed', { callId: id, node: owner.node, reason: messageOf(error) });
  }
}
