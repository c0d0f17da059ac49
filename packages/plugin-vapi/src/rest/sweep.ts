/**
 * Looks from time to time whether the account's calls are as we know them: webhooks are sent once, so some get lost. What
 * is live there and not here is told, what ended unseen is ended, and a call that nobody told of at all is told whole.
 */
import { isFault, messageOf, type Logger, type Clock, type ProviderCallId } from '@sidetone/core';
import type { VapiApi } from './api.ts';
import { isOver, statusOf } from '../calls/call-events.ts';
import type { VapiCall } from '../calls/call-object.ts';
import { callPages } from './call-pages.ts';
import type { LiveCalls } from '../calls/live-calls.ts';

/** Most pages that one sweep reads; a busier account is swept less far back. */
export const MAX_SWEEP_PAGES = 20;
/** Most calls that one sweep asks for by their id; the next goes on with the others. */
export const MAX_ASKED_BY_ID = 100;
/** A call that was heard of so recently is not over because it is in no list yet, or is not found, ms. */
export const RECENT_MS = 30_000;

export interface SweepDeps {
  readonly api: Pick<VapiApi, 'listCalls'>;
  readonly calls: Pick<LiveCalls, 'known' | 'list' | 'isReported'>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly life: AbortSignal;
  readonly intervalMs: number;
  readonly lookBackMs: number;
  /** Takes in what the list says about a call, having been asked at `askedAt`. */
  readonly takeIn: (call: VapiCall, askedAt: number) => Promise<void>;
  /** Asks for one call, and takes in the answer. May reject. */
  readonly refresh: (callId: ProviderCallId, signal: AbortSignal) => Promise<unknown>;
}

/** Sweeps every interval until `life` ends. Settles then, and never rejects. */
export async function runSweeps(deps: SweepDeps): Promise<void> {
  const { clock, life, intervalMs, log } = deps;
  if (intervalMs <= 0) return;
  const startedAt = clock.now();
  for (let dueAt = startedAt + intervalMs; ;) {
    await clock.delay(Math.max(0, dueAt - clock.now()), life);
    if (life.aborted) return;
    try {
      await sweep(deps, startedAt);
    } catch (error) {
      if (life.aborted) return;
      log.warn('the calls could not be looked through', {
        code: isFault(error) ? error.code : 'INTERNAL',
        reason: messageOf(error),
      });
    }
    // One that took too long leaves out the next, so that two never run at once.
    while (dueAt <= clock.now()) dueAt += intervalMs;
  }
}

async function sweep(deps: SweepDeps, startedAt: number): Promise<void> {
  const { api, calls, clock, life, lookBackMs } = deps;
  const now = clock.now();
  const listed = new Set<string>();
  let pages = 0;
  for await (const page of callPages({ from: now - lookBackMs }, (request) => api.listCalls(request, life))) {
    if (life.aborted) return;
    for (const call of page.calls) {
      listed.add(call.id);
      if (isNews(call, deps, startedAt)) await deps.takeIn(call, now);
    }
    if (++pages >= MAX_SWEEP_PAGES) break;
  }
  const unlisted = calls
    .list()
    .filter(({ callId, heardAt }) => !listed.has(callId) && clock.now() - heardAt > RECENT_MS);
  for (const { callId } of unlisted.slice(0, MAX_ASKED_BY_ID)) {
    if (life.aborted) return;
    await deps.refresh(callId, life);
  }
}

/** Whether the list may tell something about a call that we do not know. */
function isNews(call: VapiCall, { calls }: SweepDeps, startedAt: number): boolean {
  const known = calls.known(call.id as ProviderCallId);
  if (!isOver(call)) return known.status !== 'ENDED' && isLive(call);
  if (known.status === 'ENDED') return !calls.isReported(call.id as ProviderCallId);
  // What ended before we started is told by a backfill, to those who ask for it.
  return known.isKnown === true || (call.createdAt ?? 0) >= startedAt;
}

/** A call that is scheduled for later is none yet; of a status that is no known word, nothing is said. */
const isLive = ({ status }: VapiCall): boolean => statusOf(status) !== undefined && status !== 'scheduled';
