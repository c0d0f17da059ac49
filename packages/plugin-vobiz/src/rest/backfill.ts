/**
 * Imports past calls from Vobiz's records, newest first. Records are listed by days; neither their order nor the time zone
 * of the days is documented. Therefore they are read in spans of a week, each completely, from the newest to the oldest.
 */
import { withRetries } from '@sidetone/plugin-kit';
import { type BackfillPage, type BackfillRequest, type ProviderHost } from '@sidetone/core';
import type { VobizApi } from './api.ts';
import { decodeCdr, translateCdr, type PastCall } from './cdr.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
/** Length of a span, ms. */
export const SPAN_MS = 7 * DAY_MS;
/** Days added before and after a span, for any time zone and in case the last day is excluded. */
const MARGIN_DAYS = 1;
/** Largest number of pages that are read for one span; excess records are skipped with a warning. */
export const MAX_PAGES = 1000;
/** Largest number of calls in one page of the backfill. */
export const CALLS_PER_PAGE = 100;

interface BackfillDeps {
  readonly api: Pick<VobizApi, 'listCdrs'>;
  readonly host: Pick<ProviderHost, 'clock' | 'log'>;
}

const dayOf = (instant: number): string => new Date(instant).toISOString().slice(0, 10);

/**
 * Yields the pages of a backfill. Ends when `signal` aborts.
 * @throws {FaultError} if Vobiz rejects a request. Temporary failures are retried.
 */
export async function* backfill(
  { api, host }: BackfillDeps,
  { since, until, resumeAt }: BackfillRequest,
  signal: AbortSignal,
): AsyncGenerator<BackfillPage, void> {
  const resumed = resumeAt === undefined ? Number.NaN : Date.parse(resumeAt);
  // Includes the calls of that instant again: some of them may not have been yielded.
  let before = Number.isNaN(resumed) ? until : Math.min(until, resumed + 1);
  try {
    while (before > since && !signal.aborted) {
      const from = Math.max(since, before - SPAN_MS);
      const calls = await callsIn(from, before);
      for (let index = 0; index < calls.length && !signal.aborted; index += CALLS_PER_PAGE) {
        const page = calls.slice(index, index + CALLS_PER_PAGE);
        const reached = page.at(-1)!.startedAt;
        const position = new Date(reached).toISOString();
        yield { events: page.flatMap(translateCdr), calls: page.length, position, reached };
      }
      before = from;
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }

  /** Returns the ended calls that started in `[from, before)`, newest first, each once. */
  async function callsIn(from: number, before: number): Promise<readonly PastCall[]> {
    const startDate = dayOf(from - MARGIN_DAYS * DAY_MS);
    const endDate = dayOf(before + MARGIN_DAYS * DAY_MS);
    const found = new Map<string, PastCall>();
    for (let page = 1; ; page++) {
      const { records, hasNext } = await withRetries(host.clock, signal, () =>
        api.listCdrs({ page, startDate, endDate }, signal),
      );
      for (const call of records.map((record) => decodeCdr(record, 'list'))) {
        if (call && call.startedAt >= from && call.startedAt < before) found.set(call.callId, call);
      }
      if (!hasNext || records.length === 0 || signal.aborted) break;
      if (page === MAX_PAGES) {
        host.log.warn('backfill span has too many records, the rest is skipped', {
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
