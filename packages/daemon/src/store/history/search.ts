/** Full-text search in transcripts, newest first. */
import { and, desc, getTableColumns, sql } from 'drizzle-orm';
import { filterCondition } from '../call-filter.ts';
import { INTERRUPTION_POINT, type Db } from '../db.ts';
import { rowToUtterance } from '../rows.ts';
import { calls, utterances } from '../schema.ts';
import { matchExpression, searchTerms } from '../search/query.ts';
import { snippetOf } from '../search/snippet.ts';
import { readLimit, toPage } from './keyset.ts';
import type { HistoryReader } from './queries.ts';

export function createSearch(db: Db): Pick<HistoryReader, 'search'> {
  return {
    search(query, filter, page) {
      const match = matchExpression(query);
      if (match === undefined) return { rows: [], more: false };
      const condition = filterCondition(filter);
      const position = page.after?.key ?? undefined;
      const rows = db
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
      const terms = searchTerms(query);
      return toPage(
        rows.map((row) => ({ utterance: rowToUtterance(row), snippet: snippetOf(row.text, terms) })),
        page,
      );
    },
  };
}
