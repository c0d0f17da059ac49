/** Past calls, newest first, each as the events that tell it whole. What is still going on is left to the live path. */
import {
  isFault,
  type BackfillPage,
  type BackfillRequest,
  type Clock,
  type ProviderCallId,
} from '@sidetone/core';
import type { ListedCalls, VapiApi } from './api.ts';
import { isOver, translateCall, type KnownCall } from './call-events.ts';
import { callPages } from './call-pages.ts';

/** Waits after failures that may pass, ms: doubling, up to the last. */
export const RETRY_FIRST_MS = 1000;
export const RETRY_LONGEST_MS = 30_000;

export interface BackfillDeps {
  readonly api: Pick<VapiApi, 'listCalls'>;
  readonly clock: Clock;
  readonly known: (callId: ProviderCallId) => KnownCall;
}

/**
 * The pages of a backfill. Ends when `signal` aborts.
 * @throws {FaultError} when Vapi refuses, which will not pass.
 */
export async function* backfill(
  { api, clock, known }: BackfillDeps,
  { since, until, resumeAt }: BackfillRequest,
  signal: AbortSignal,
): AsyncGenerator<BackfillPage, void> {
  const resumed = resumeAt === undefined ? Number.NaN : Date.parse(resumeAt);
  // The calls of that very instant once more: some of them may not have been told.
  const before = Number.isNaN(resumed) ? until : Math.min(until, resumed + 1);

  async function patiently(list: () => Promise<ListedCalls>): Promise<ListedCalls> {
    for (let delayMs = RETRY_FIRST_MS; ; delayMs = Math.min(RETRY_LONGEST_MS, delayMs * 2)) {
      try {
        return await list();
      } catch (error) {
        if (signal.aborted || !mayPass(error)) throw error;
        await clock.delay(delayMs, signal);
        if (signal.aborted) throw error;
      }
    }
  }

  try {
    const pages = callPages({ from: since, before }, (request) =>
      patiently(() => api.listCalls(request, signal)),
    );
    for await (const { calls, oldest } of pages) {
      if (signal.aborted) return;
      const ended = calls.filter(isOver);
      yield {
        events: ended.flatMap((call) => translateCall(call, clock.now(), known(call.id as ProviderCallId))),
        calls: ended.length,
        position: new Date(oldest).toISOString(),
        reached: oldest,
      };
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** Too many questions, a server in trouble, no connection: these pass. A refusal does not. */
function mayPass(error: unknown): boolean {
  if (!isFault(error)) return false;
  const status = error.details['status'];
  return (
    error.code === 'PROVIDER_RATE_LIMITED' ||
    error.code === 'PROVIDER_UNREACHABLE' ||
    error.code === 'PROVIDER_TIMEOUT' ||
    (typeof status === 'number' && status >= 500)
  );
}
