/** Past calls, newest first, each as the events that tell it whole. What is still going on is left to the live path. */
import { withRetries } from '@sidetone/plugin-kit';
import { type BackfillPage, type BackfillRequest, type Clock, type ProviderCallId } from '@sidetone/core';
import type { VapiApi } from './api.ts';
import { isOver, translateCall, type KnownCall } from '../calls/call-events.ts';
import { callPages } from './call-pages.ts';

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

  try {
    const pages = callPages({ from: since, before }, (request) =>
      withRetries(clock, signal, () => api.listCalls(request, signal)),
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
