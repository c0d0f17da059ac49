/**
 * Pages of the account's calls, newest first. Vapi has no cursor: the next page contains what was created before the oldest call
 * so far, and calls of the same instant are distinguished by id.
 */
import type { ListRequest, ListedCalls } from './api.ts';
import type { VapiCall } from '../calls/call-object.ts';

/** Entries per page. A call with its history can be 100 KB. */
export const PAGE_LIMIT = 100;
/** The largest page that Vapi returns. */
const MAX_LIMIT = 1000;

interface CallPage {
  /** Calls that were on no previous page. */
  readonly calls: readonly VapiCall[];
  /** When the oldest call so far was created, epoch ms. */
  readonly oldest: number;
}

interface CallRange {
  /** Epoch ms, inclusive. */
  readonly from: number;
  /** Epoch ms, exclusive; now by default. */
  readonly before?: number;
}

/** Yields the pages of calls created in `[from, before)`. Rejects when `list` does. */
export async function* callPages(
  { from, before }: CallRange,
  list: (request: ListRequest) => Promise<ListedCalls>,
): AsyncGenerator<CallPage, void> {
  let upTo = before;
  let limit = PAGE_LIMIT;
  let oldest = before ?? Number.POSITIVE_INFINITY;
  /** Ids of the calls of the oldest instant: the next page starts with them again. */
  let atOldest = new Set<string>();

  for (;;) {
    const page = await list({ limit, from, ...(upTo !== undefined && { before: upTo }) });
    const inRange = ({ createdAt }: VapiCall): boolean =>
      createdAt === undefined || (createdAt >= from && (before === undefined || createdAt < before));
    const fresh = page.calls.filter((call) => inRange(call) && !atOldest.has(call.id));
    const instants = page.calls.map(({ createdAt }) => createdAt).filter((at) => at !== undefined);
    const last = instants.length > 0 ? Math.min(...instants) : undefined;

    const isOlder = last !== undefined && last < oldest;
    if (isOlder) {
      oldest = last;
      atOldest = new Set();
    }
    for (const { id, createdAt } of page.calls) if (createdAt === oldest) atOldest.add(id);
    if (fresh.length > 0) yield { calls: fresh, oldest: Math.max(from, oldest) };
    if (!page.hasMore || last === undefined || oldest < from) return;

    // More calls of one instant than fit a page: request larger pages, then skip the instant, then stop.
    if (isOlder || fresh.length > 0) {
      upTo = oldest + 1;
    } else if (limit < MAX_LIMIT) {
      limit = Math.min(MAX_LIMIT, limit * 2);
    } else if (upTo === undefined || upTo > oldest) {
      upTo = oldest;
    } else {
      return;
    }
  }
}
