/**
 * The account's calls, newest first, page by page. Vapi has no cursor: the next page is what was created before the oldest
 * call so far, and calls of the same instant are told apart by their ids.
 */
import type { ListRequest, ListedCalls } from './api.ts';
import type { VapiCall } from '../calls/call-object.ts';

/** Entries a page: a call with its history can be 100 KB. */
export const PAGE_LIMIT = 100;
/** The most entries that Vapi gives at once. */
const MAX_LIMIT = 1000;

export interface CallPage {
  /** Those that were on no page before. */
  readonly calls: readonly VapiCall[];
  /** When the oldest so far was created, epoch ms. */
  readonly oldest: number;
}

export interface PageRequest {
  /** Epoch ms; the first instant that is wanted. */
  readonly from: number;
  /** Epoch ms; the first instant that is no longer wanted. Without it, up to now. */
  readonly before?: number;
}

/** Pages of calls created in `[from, before)`. Ends when there are no more; rejects when `list` does. */
export async function* callPages(
  { from, before }: PageRequest,
  list: (request: ListRequest) => Promise<ListedCalls>,
): AsyncGenerator<CallPage, void> {
  let upTo = before;
  let limit = PAGE_LIMIT;
  let oldest = before ?? Number.POSITIVE_INFINITY;
  /** Ids of the calls of the oldest instant: the next page begins with them again. */
  let atOldest = new Set<string>();

  for (;;) {
    const page = await list({ limit, from, ...(upTo !== undefined && { before: upTo }) });
    const inTime = ({ createdAt }: VapiCall): boolean =>
      createdAt === undefined || (createdAt >= from && (before === undefined || createdAt < before));
    const fresh = page.calls.filter((call) => inTime(call) && !atOldest.has(call.id));
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

    // More calls of one instant than a page holds: first larger pages, then past them; and if that helps nothing, enough.
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
