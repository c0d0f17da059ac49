/**
 * Pages of calls. If the index of a condition finds few calls, these are read and sorted. Otherwise calls are read in the order
 * of the list and compared with the filter until the page is full: the more calls match, the sooner. Both have a limit.
 */
import { FaultError, type CallId } from '@sidetone/core';
import { NEWEST_FIRST, type CallOrder, type CallOrderField } from '../../../history/call-order.ts';
import type { CallFilter } from '../../../calls/ports.ts';
import type { PageRequest } from '../../../history/paging.ts';
import { rowCondition } from '../../call-filter.ts';
import { isAnyOf, type Db } from '../../db.ts';
import { rowToCall } from '../../rows.ts';
import { calls } from '../../schema.ts';
import type { ExpandSearch } from '../../search/expansion.ts';
import { readLimit, toPage } from '../keyset.ts';
import type { HistoryReader } from '../queries.ts';
import { sortCalls, walkCalls, type ChunkSizes, type Reading } from './call-chunks.ts';
import { findFew, sourcesOf, type CallSource } from './call-sources.ts';
import { beforeKey, cut, isReadDescending, keyRanges, type KeyLimits, type KeyRange } from './key-ranges.ts';
import { matchesIn } from './said-check.ts';
import { monthsOfTotals } from './totals-source.ts';

export interface PageLimits {
  /** A source of at most so many calls is read first. */
  readonly few: number;
  /** Calls that are read in order before a larger source is tried. */
  readonly walked: number;
  /** The largest source that is read. */
  readonly many: number;
  /** Calls that are read in order at most. */
  readonly maxWalked: number;
  readonly chunks: ChunkSizes;
}

/** Reading 100,000 calls takes about 0.3 s. */
export const PAGE_LIMITS: PageLimits = {
  few: 3000,
  walked: 50_000,
  many: 100_000,
  maxWalked: 500_000,
  chunks: { first: 100, largest: 5000 },
};

export function createCallPages(
  db: Db,
  expand: ExpandSearch,
  limits = PAGE_LIMITS,
): Pick<HistoryReader, 'calls'> {
  return {
    calls: (filter, page, order = NEWEST_FIRST) =>
      // One snapshot for all statements: a call may end between them.
      db.transaction(() => {
        const match = filter.said === undefined ? undefined : expand(filter.said);
        if (filter.said !== undefined && match === undefined) return toPage([], page);
        const ids = new PageReader(db, { filter, page, order, match }, limits).read();
        return toPage(rowsOf(db, ids), page);
      }),
  };
}

interface Question {
  readonly filter: CallFilter;
  readonly page: PageRequest;
  readonly order: CallOrder;
  /** The search expression of `filter.said`. */
  readonly match: string | undefined;
}

class PageReader {
  readonly #db: Db;
  readonly #question: Question;
  readonly #limits: PageLimits;

  constructor(db: Db, question: Question, limits: PageLimits) {
    this.#db = db;
    this.#question = question;
    this.#limits = limits;
  }

  /** Returns the calls of the page, in the order of reading. */
  read(): readonly CallId[] {
    const { filter, order, match } = this.#question;
    const { few, walked, many, maxWalked, chunks } = this.#limits;
    const sources = sourcesOf(this.#db, filter, match).filter(
      ({ condition }) => !isReadInOrder(condition, filter, order),
    );
    const small = findFew(sources, few);
    if (small) return this.#sort(small);
    const walk = new Walk(this.#db, this.#question, this.#reading(), chunks);
    if (walk.read(walked)) return walk.found;
    const large = findFew(sources, many);
    if (large) return this.#sort(large);
    if (walk.read(maxWalked)) return walk.found;
    throw new FaultError(
      'HISTORY_TOO_BROAD',
      `calls: ${maxWalked} calls were read without completing the page; narrow the period with \`createdAfter\` and \`createdBefore\`, or add a condition that fewer calls meet`,
      { details: { maximum: maxWalked } },
    );
  }

  #sort(source: CallSource): readonly CallId[] {
    const { page, match } = this.#question;
    const isComplete = match === undefined || source.condition === 'said';
    const limit = readLimit(page);
    const ids = sortCalls(this.#db, { ...this.#reading(), limit: isComplete ? limit : undefined }, source);
    return isComplete ? ids : saying(this.#db, ids, match).slice(0, limit);
  }

  #reading(): Reading {
    const { filter, page, order } = this.#question;
    const shape = { descending: order.direction === 'DESC', nullable: order.field !== 'CREATED_AT' };
    const ranges = keyRanges(shape, page, limitsOf(filter, order.field));
    const descending = isReadDescending(shape, page);
    const months = order.field === 'CREATED_AT' ? monthsOfTotals(this.#db, filter) : undefined;
    return {
      field: order.field,
      ranges: months ? intersect(ranges, descending ? months.toReversed() : months) : ranges,
      descending,
      where: rowCondition(filter),
    };
  }
}

/** Reads calls in order. */
class Walk {
  readonly found: CallId[] = [];
  readonly #db: Db;
  readonly #question: Question;
  readonly #chunks: ReturnType<typeof walkCalls>;
  readonly #limit: number;
  #read = 0;

  constructor(db: Db, question: Question, reading: Reading, sizes: ChunkSizes) {
    this.#db = db;
    this.#question = question;
    this.#limit = readLimit(question.page);
    const limit = question.match === undefined ? this.#limit : undefined;
    this.#chunks = walkCalls(db, { ...reading, limit }, sizes);
  }

  /** Continues until `most` calls were read in all. Returns whether the page or the list is complete. */
  read(most: number): boolean {
    const { match } = this.#question;
    while (this.found.length < this.#limit) {
      if (this.#read >= most) return false;
      const { value: chunk, done } = this.#chunks.next();
      if (done) return true;
      this.#read += chunk.read;
      const ids = match === undefined ? chunk.ids : saying(this.#db, chunk.ids, match);
      this.found.push(...ids.slice(0, this.#limit - this.found.length));
    }
    return true;
  }
}

/** Returns the calls with an utterance that matches, in the same order. */
function saying(db: Db, ids: readonly CallId[], match: string): readonly CallId[] {
  const matching = new Set(matchesIn(db, ids, match).map(({ callId }) => callId));
  return ids.filter((id) => matching.has(id));
}

/** Whether the condition is a range of the sort key, so that it limits what is read in order. */
function isReadInOrder(
  condition: CallSource['condition'],
  filter: CallFilter,
  { field }: CallOrder,
): boolean {
  if (condition === 'duration') return field === 'DURATION';
  const { providerIds, directions, endCategories } = filter;
  return condition === 'totals' && field === 'CREATED_AT' && !(providerIds ?? directions ?? endCategories);
}

function limitsOf(filter: CallFilter, field: CallOrderField): KeyLimits {
  const { createdAfter, createdBefore, minDurationMs, maxDurationMs } = filter;
  if (field === 'CREATED_AT') return { low: beforeKey(createdAfter), high: beforeKey(createdBefore) };
  if (field === 'ENDED_AT') return {};
  return {
    low: beforeKey(minDurationMs),
    high: beforeKey(maxDurationMs === undefined ? undefined : maxDurationMs + 1),
  };
}

/** Cuts ranges of the time of creation to the given ones. */
function intersect(
  ranges: readonly KeyRange[],
  times: readonly { readonly from: number; readonly until: number }[],
): readonly KeyRange[] {
  return ranges.flatMap((range) =>
    times.flatMap(({ from, until }) => {
      const within = range.part === 'KEY' && cut(range, { low: beforeKey(from), high: beforeKey(until) });
      return within ? [within] : [];
    }),
  );
}

function rowsOf(db: Db, ids: readonly CallId[]) {
  const rows = db.select().from(calls).where(isAnyOf(calls.id, ids)).all();
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.map((id) => rowToCall(byId.get(id)!));
}
