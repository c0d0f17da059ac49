/**
 * Compares the account's calls with the tracked ones at intervals: webhooks are sent once, so some are lost. Publishes calls that
 * are live but unknown here, ends those that have ended, and publishes ended calls of which no webhook was received.
 */
import type { StateLease } from '@sidetone/plugin-kit';
import { isFault, messageOf, type Clock, type Logger, type ProviderCallId } from '@sidetone/core';
import { hasEnded, statusOf } from '../calls/call-events.ts';
import type { VapiCall } from '../calls/call-object.ts';
import type { CallPublisher } from '../calls/call-publisher.ts';
import type { LiveCalls } from '../calls/live-calls.ts';
import type { VapiApi } from './api.ts';
import { callPages } from './call-pages.ts';
import type { CallRefresher } from './call-refresher.ts';

/** Pages that one sweep reads; for a busier account it covers a shorter time. */
const MAX_SWEEP_PAGES = 20;
/** Calls that one sweep requests by id; the next sweep continues with the others. */
const MAX_REFRESHED_CALLS = 100;
/** How long a call that was reported is not requested for being absent from the list, ms. */
const RECENT_MS = 30_000;

interface SweepDeps {
  readonly api: Pick<VapiApi, 'listCalls'>;
  readonly calls: Pick<LiveCalls, 'known' | 'list' | 'isReported' | 'read'>;
  readonly publisher: Pick<CallPublisher, 'publishCall'>;
  readonly refresher: Pick<CallRefresher, 'refresh'>;
  /** One of the instances that share a state sweeps for all. */
  readonly lease: Pick<StateLease, 'hold' | 'release'>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly stopped: AbortSignal;
  /** 0 disables sweeps. */
  readonly intervalMs: number;
  readonly lookBackMs: number;
}

/** Sweeps at each interval until `stopped` aborts, then resolves. Never rejects. */
export async function runSweeps(deps: SweepDeps): Promise<void> {
  const { clock, lease, stopped, intervalMs, log } = deps;
  if (intervalMs <= 0) return;
  const startedAt = clock.now();
  for (let nextAt = clock.elapsed() + intervalMs; ;) {
    await clock.delay(Math.max(0, nextAt - clock.elapsed()), stopped);
    if (stopped.aborted) return await release(deps);
    try {
      if (await lease.hold()) await sweep(deps, startedAt);
    } catch (error) {
      if (stopped.aborted) return await release(deps);
      log.warn('sweep failed', { code: isFault(error) ? error.code : 'INTERNAL', reason: messageOf(error) });
    }
    // A sweep that took too long skips the next one, so two never run at once.
    while (nextAt <= clock.elapsed()) nextAt += intervalMs;
  }
}

/** Never rejects: the lease ends by itself. */
const release = ({ lease }: SweepDeps): Promise<void> => lease.release().catch(() => undefined);

async function sweep(deps: SweepDeps, startedAt: number): Promise<void> {
  const { api, calls, clock, stopped, lookBackMs } = deps;
  const now = clock.now();
  const listed = new Set<string>();
  let pages = 0;
  const list = callPages({ from: now - lookBackMs }, (request) => api.listCalls(request, stopped));
  for await (const page of list) {
    if (stopped.aborted) return;
    for (const call of page.calls) {
      listed.add(call.id);
      // Another instance may know it.
      if (!calls.known(call.id as ProviderCallId).isKnown) await calls.read(call.id as ProviderCallId);
      if (isRelevant(call, deps, startedAt)) await deps.publisher.publishCall(call, now);
    }
    if (++pages >= MAX_SWEEP_PAGES) break;
  }
  const unlisted = calls
    .list()
    .filter(({ callId, lastSeenAt }) => !listed.has(callId) && clock.elapsed() - lastSeenAt > RECENT_MS);
  for (const { callId } of unlisted.slice(0, MAX_REFRESHED_CALLS)) {
    if (stopped.aborted) return;
    await deps.refresher.refresh(callId, stopped, { urgency: 'patient' });
  }
}

/** Returns whether a listed call may contain anything that is not known here. */
function isRelevant(call: VapiCall, { calls }: SweepDeps, startedAt: number): boolean {
  const known = calls.known(call.id as ProviderCallId);
  if (!hasEnded(call)) return known.status !== 'ENDED' && isLive(call);
  if (known.status === 'ENDED') return !calls.isReported(call.id as ProviderCallId);
  // Calls that ended before this instance started are left to backfills.
  return known.isKnown === true || (call.createdAt ?? 0) >= startedAt;
}

/** Returns whether a call is live. A scheduled call is not yet; a call with an unknown status is not published. */
const isLive = ({ status }: VapiCall): boolean => statusOf(status) !== undefined && status !== 'scheduled';
