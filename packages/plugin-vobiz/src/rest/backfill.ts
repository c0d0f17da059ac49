/**
 * Past calls, newest first, from Vobiz's records. Their list is asked for by days, and neither its order nor the zone of
 * its days is documented: so it is walked in spans of days, each read whole, from the newest back.
 */
import { withRetries } from '@sidetone/plugin-kit';
import { type BackfillPage, type BackfillRequest, type ProviderHost } from '@sidetone/core';
import type { VobizApi } from './api.ts';
import { decodeCdr, translateCdr, type PastCall } from './cdr.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
/** How much is read at once, ms. */
export const SPAN_MS = 7 * DAY_MS;
/** Whatever zone the days are in, and whether the last one is meant to be part of it. */
const MARGIN_DAYS = 1;
/** Most pages of one span; what is beyond is left out, with a warning. */
export const MAX_PAGES = 1000;
/** Most calls that are told at once. */
export const CALLS_AT_ONCE = 100;
export interface BackfillDeps {
  readonly api: Pick<VobizApi, 'listCdrs'>;
  readonly host: Pick<ProviderHost, 'clock' | 'log'>;
}

const dayOf = (instant: number): string => new Date(instant).toISOString().slice(0, 10);

/**
 * The pages of a backfill. Ends when `signal` aborts.
 * @throws {FaultError} when Vobiz refuses, which will not pass.
 */
export async function* backfill(
  { api, host }: BackfillDeps,
  { since, until, resumeAt }: BackfillRequest,
  signal: AbortSignal,
): AsyncGenerator<BackfillPage, void> {
  const resumed = resumeAt === undefined ? Number.NaN : Date.parse(resumeAt);
  // The calls of that very instant once more: some of them may not have been told.
  let before = Number.isNaN(resumed) ? until : Math.min(until, resumed + 1);
  try {
    while (before > since && !signal.aborted) {
      const from = Math.max(since, before - SPAN_MS);
      const calls = await callsIn(from, before);
      for (let index = 0; index < calls.length && !signal.aborted; index += CALLS_AT_ONCE) {
        const page = calls.slice(index, index + CALLS_AT_ONCE);
        const reached = page.at(-1)!.startedAt;
        const position = new Date(reached).toISOString();
        yield { events: page.flatMap(translateCdr), calls: page.length, position, reached };
      }
      before = from;
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }

  /** Those that began in `[from, before)` and are over, newest first, each once. */
  async function callsIn(from: number, before: number): Promise<readonly PastCall[]> {
    const startDate = dayOf(from - MARGIN_DAYS * DAY_MS);
    const endDate = dayOf(before + MARGIN_DAYS * DAY_MS);
    const found = new Map<string, PastCall>();
    for (let page = 1; ; page++) {
      const { records, hasNext } = await withRetries(host.clock, signal, () =>
        api.listCdrs({ page, startDate, endDate }, signal),
      );
      for (const call of records.map(decodeCdr)) {
        if (call && call.startedAt >= from && call.startedAt < before) found.set(call.callId, call);
      }
      if (!hasNext || records.length === 0 || signal.aborted) break;
      if (page === MAX_PAGES) {
        host.log.warn('a backfill found more calls than it reads at once', {
          startDate,
          endDate,
          pages: page,
        });
        break;
      }
    }
    return [...found.values()].toSorted((a, b) => b.startedAt - a.startedAt);
  }
}
