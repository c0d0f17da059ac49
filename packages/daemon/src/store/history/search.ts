/** Full-text search in what was said, newest first. */
import { and, desc, getTableColumns, sql } from 'drizzle-orm';
import type { Db } from '../database.ts';
import { named } from './filter.ts';
import type { HistoryReader } from './reader.ts';
import { GO_ON } from './interruptible.ts';
import { readLimit, slice } from './keyset.ts';
import { rowToUtterance } from '../rows.ts';
import { calls, utterances } from '../schema.ts';
import { matchExpression, searchTerms } from './search-query.ts';
import { snippetOf } from './snippet.ts';

export function createSearch(db: Db): Pick<HistoryReader, 'search'> {
  return {
    search(words, filter, window) {
      const match = matchExpression(words);
      if (match === undefined) return { rows: [], more: false };
      const ofCalls = named(filter);
      const place = window.after?.key ?? undefined;
      const rows = db
        .select(getTableColumns(utterances))
        .from(sql`utterance_words`)
        .innerJoin(utterances, sql`${utterances.position} = utterance_words.rowid`)
        .where(
          and(
            sql`utterance_words match ${match}`,
            GO_ON,
            place === undefined ? undefined : sql`utterance_words.rowid < ${place}`,
            ofCalls &&
              sql`exists (select 1 from ${calls} where ${calls.id} = ${utterances.callId} and ${ofCalls})`,
          ),
        )
        .orderBy(desc(sql`utterance_words.rowid`))
        .limit(readLimit(window))
        .all();
      const terms = searchTerms(words);
      return slice(
        rows.map((row) => ({ utterance: rowToUtterance(row), snippet: snippetOf(row.text, terms) })),
        window,
      );
    },
  };
}
