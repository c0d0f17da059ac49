/** Reads past calls, newest first, as events. Live calls are skipped: webhooks and sweeps report them. */
import { withRetries } from '@sidetone/plugin-kit';
import { type BackfillPage, type BackfillRequest, type Clock, type ProviderCallId } from '@sidetone/core';
import type { VapiApi } from './api.ts';
import { hasEnded, translateCall, type KnownCall } from '../calls/call-events.ts';
import { callPages } from './call-pages.ts';

interface BackfillDeps {
  readonly api: Pick<VapiApi, 'listCalls'>;
  readonly clock: Clock;
  readonly calls: { known(callId: ProviderCallId): KnownCall };
}

/**
 * Yields the pages of a backfill. Ends when `signal` aborts.
 * @throws {FaultError} if Vapi rejects a request in a way that is not worth a retry.
 */
export async function* backfill(
  { api, clock, calls: tracked }: BackfillDeps,
  { since, until, resumeAt }: BackfillRequest,
  signal: AbortSignal,
): AsyncGenerator<BackfillPage, void> {
  const resumed = resumeAt === undefined ? Number.NaN : Date.parse(resumeAt);
  // Includes the calls of that instant again: some of them may not have been on the last page.
  const before = Number.isNaN(resumed) ? until : Math.min(until, resumed + 1);

  try {
    const pages = callPages({ from: since, before }, (request) =>
      withRetries(clock, signal, () => api.listCalls(request, signal)),
    );
    for await (const { calls, oldest } of pages) {
      if (signal.aborted) return;
      const ended = calls.filter(hasEnded);
      yield {
        events: ended.flatMap((call) =>
          translateCall(call, clock.now(), tracked.known(call.id as ProviderCallId)),
        ),
        calls: ended.length,
        position: new Date(oldest).toISOString(),
        reached: oldest,
      };
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
