/**
 * Full-text search in transcripts, newest first. If a filter selects few calls, their utterances are searched. Otherwise the
 * matches are compared with the filter, the newest first, until the page is full. Both have a limit.
 */
import { FaultError } from '@sidetone/core';
import { and, desc, getTableColumns, sql } from 'drizzle-orm';
import type { CallFilter } from '../../calls/ports.ts';
import type { PageRequest } from '../../history/paging.ts';
import { filterCondition } from '../call-filter.ts';
import { INTERRUPTION_POINT, type Db } from '../db.ts';
import { rowToUtterance } from '../rows.ts';
import { calls, utterances } from '../schema.ts';
import type { ExpandSearch } from '../search/expansion.ts';
import { searchTerms } from '../search/query.ts';
import { snippetOf } from '../search/snippet.ts';
import { findFew, lookup, sourcesOf, type CallSource } from './calls/call-sources.ts';
import { matchesIn } from './calls/said-check.ts';
import { readLimit, toPage } from './keyset.ts';
import type { HistoryReader } from './queries.ts';

export interface SearchLimits {
  /** Calls of a filter whose utterances are searched first. */
  readonly few: number;
  /** Matches that are compared with a filter before the utterances of more calls are searched. */
  readonly compared: number;
  /** Calls of a filter whose utterances are searched at most. */
  readonly many: number;
  /** Matches that are compared with a filter at most. */
  readonly maxCompared: number;
}

export const SEARCH_LIMITS: SearchLimits = {
  few: 2000,
  compared: 5000,
  many: 100_000,
  maxCompared: 500_000,
};

type UtteranceRow = typeof utterances.$inferSelect;

export function createSearch(
  db: Db,
  expand: ExpandSearch,
  limits = SEARCH_LIMITS,
): Pick<HistoryReader, 'search'> {
  return {
    search(query, filter, page) {
      const rows = db.transaction(() => {
        const match = expand(query);
        return match === undefined ? [] : find(db, expand, { match, filter, page }, limits);
      });
      const terms = searchTerms(query);
      return toPage(
        rows.map((row) => ({ utterance: rowToUtterance(row), snippet: snippetOf(row.text, terms) })),
        page,
      );
    },
  };
}

interface Question {
  /** The search expression. */
  readonly match: string;
  readonly filter: CallFilter;
  readonly page: PageRequest;
}

function find(
  db: Db,
  expand: ExpandSearch,
  question: Question,
  limits: SearchLimits,
): readonly UtteranceRow[] {
  const { filter } = question;
  if (filterCondition(filter) === undefined) return compare(db, question);
  const sources = sourcesOf(db, filter, filter.said === undefined ? undefined : expand(filter.said));
  const few = findFew(sources, limits.few);
  if (few) return searchCalls(db, question, few);
  const newest = compareNewest(db, question, limits.compared);
  if (newest) return newest;
  const many = findFew(sources, limits.many);
  const found = many ? searchCalls(db, question, many) : compareNewest(db, question, limits.maxCompared);
  if (found) return found;
  throw new FaultError(
    'HISTORY_TOO_BROAD',
    `searchTranscripts: ${limits.maxCompared} matches were read without completing the page; search for more words, or add a condition that fewer calls meet`,
    { details: { maximum: limits.maxCompared } },
  );
}

/** Compares the newest `most` matches of the page with the filter. Returns undefined if they do not complete it. */
function compareNewest(db: Db, question: Question, most: number): readonly UtteranceRow[] | undefined {
  const { match, page } = question;
  const below = page.after?.key ?? Number.MAX_SAFE_INTEGER;
  const last = db.get<{ position: number } | undefined>(sql`
    select rowid as position from utterance_words
    where utterance_words match ${match} and rowid < ${below} and ${INTERRUPTION_POINT}
    order by rowid desc limit 1 offset ${most}`);
  const rows = compare(db, question, last?.position);
  return last === undefined || rows.length === readLimit(page) ? rows : undefined;
}

/** Searches the index, newest first, and compares the call of each match with the filter. */
function compare(db: Db, { match, filter, page }: Question, above = 0): readonly UtteranceRow[] {
  const condition = filterCondition(filter);
  const below = page.after?.key ?? undefined;
  return db
    .select(getTableColumns(utterances))
    .from(sql`utterance_words`)
    .innerJoin(utterances, sql`${utterances.position} = utterance_words.rowid`)
    .where(
      and(
        sql`utterance_words match ${match}`,
        INTERRUPTION_POINT,
        below === undefined ? undefined : sql`utterance_words.rowid < ${below}`,
        sql`utterance_words.rowid > ${above}`,
        condition &&
          sql`exists (select 1 from ${calls} where ${calls.id} = ${utterances.callId} and ${condition})`,
      ),
    )
    .orderBy(desc(sql`utterance_words.rowid`))
    .limit(readLimit(page))
    .all();
}

/** Searches the utterances of the calls that a source finds. */
function searchCalls(db: Db, { match, filter, page }: Question, source: CallSource): readonly UtteranceRow[] {
  const { from, isFound } = lookup(source);
  const where = and(isFound, filterCondition(filter), INTERRUPTION_POINT);
  const found = db.all<Pick<typeof calls.$inferSelect, 'id'>>(
    sql`select ${calls.id} as id from ${from} where ${where}`,
  );
  const ids = found.map(({ id }) => id);
  const below = page.after?.key ?? Infinity;
  const positions = matchesIn(db, ids, match)
    .map(({ position }) => position)
    .filter((position) => position < below)
    .toSorted((a, b) => b - a)
    .slice(0, readLimit(page));
  return db
    .select()
    .from(utterances)
    .where(sql`${utterances.position} in (select value from json_each(${JSON.stringify(positions)}))`)
    .orderBy(desc(utterances.position))
    .all();
}
