/** Answers the queries of history. */
import type { HistoryReader } from '../../history/queries.ts';
import type { Asynchronous } from '../asynchronous.ts';
import type { Reads } from '../connection/history-reads.ts';
import { createPostgresLists } from './lists.ts';
import { createPostgresLookups } from './lookups.ts';
import { createPostgresPages } from './pages.ts';
import { createPostgresSearch } from './search.ts';
import { createPostgresStats } from './stats/stats.ts';
import { createPostgresTagList } from './tags.ts';

/** The same queries as those of SQLite, with promises. */
export type PostgresHistoryReader = Asynchronous<HistoryReader>;

export const createPostgresHistoryReader = (reads: Reads): PostgresHistoryReader => ({
  ...createPostgresLookups(reads),
  ...createPostgresLists(reads),
  ...createPostgresPages(reads),
  ...createPostgresSearch(reads),
  ...createPostgresStats(reads),
  ...createPostgresTagList(reads),
});
