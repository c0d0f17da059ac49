/** Full-text search in transcripts, newest first. */
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
import { findFew, lookup, sourcesOf } from './calls/call-sources.ts';
import { matchesIn } from './calls/said-check.ts';
import { readLimit, toPage } from './keyset.ts';
import type { HistoryReader } from './queries.ts';

/** If a filter selects at most so many calls, only their utterances are searched. */
const FEW_CALLS = 2000;

type UtteranceRow = typeof utterances.$inferSelect;

export function createSearch(db: Db, expand: ExpandSearch): Pick<HistoryReader, 'search'> {
  return {
    search(query, filter, page) {
      const rows = db.transaction(() => {
        const match = expand(query);
        if (match === undefined) return [];
        return searchFew(db, expand, match, filter, page) ?? searchAll(db, match, filter, page);
      });
      const terms = searchTerms(query);
      return toPage(
        rows.map((row) => ({ utterance: rowToUtterance(row), snippet: snippetOf(row.text, terms) })),
        page,
      );
    },
  };
}

/** Searches the index, newest first, and compares the call of each match with the filter. */
function searchAll(db: Db, match: string, filter: CallFilter, page: PageRequest): readonly UtteranceRow[] {
  const condition = filterCondition(filter);
  const position = page.after?.key ?? undefined;
  return db
    .select(getTableColumns(utterances))
    .from(sql`utterance_words`)
    .innerJoin(utterances, sql`${utterances.position} = utterance_words.rowid`)
    .where(
      and(
        sql`utterance_words match ${match}`,
        INTERRUPTION_POINT,
        position === undefined ? undefined : sql`utterance_words.rowid < ${position}`,
        condition &&
          sql`exists (select 1 from ${calls} where ${calls.id} = ${utterances.callId} and ${condition})`,
      ),
    )
    .orderBy(desc(sql`utterance_words.rowid`))
    .limit(readLimit(page))
    .all();
}

/** Searches the calls of a filter that selects few. Returns undefined if it may select more. */
function searchFew(
  db: Db,
  expand: ExpandSearch,
  match: string,
  filter: CallFilter,
  page: PageRequest,
): readonly UtteranceRow[] | undefined {
  const few = findFew(sourcesOf(db, filter, filter.said && expand(filter.said)), FEW_CALLS);
  if (!few) return undefined;
  const { from, isFound } = lookup(few);
  const where = and(isFound, filterCondition(filter), INTERRUPTION_POINT);
  const ids = db.all<{ id: (typeof calls.$inferSelect)['id'] }>(
    sql`select ${calls.id} as id from ${from} where ${where}`,
  );
  const below = page.after?.key ?? Infinity;
  const positions = matchesIn(
    db,
    ids.map(({ id }) => id),
    match,
  )
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
