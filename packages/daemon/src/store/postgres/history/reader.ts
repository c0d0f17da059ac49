/** Answers the queries of history. */
import type { HistoryReader } from '../../history/queries.ts';
import type { Asynchronous } from '../asynchronous.ts';
import type { Session } from '../connection/session.ts';
import { createPostgresLists } from './lists.ts';
import { createPostgresLookups } from './lookups.ts';
import { createPostgresPages } from './pages.ts';
import { createPostgresSearch } from './search.ts';
import { createPostgresStats } from './stats/stats.ts';
import { createPostgresTagList } from './tags.ts';

/** The same queries as those of SQLite, with promises. */
export type PostgresHistoryReader = Asynchronous<HistoryReader>;

export const createPostgresHistoryReader = (session: Session): PostgresHistoryReader => ({
  ...createPostgresLookups(session),
  ...createPostgresLists(session),
  ...createPostgresPages(session),
  ...createPostgresSearch(session),
  ...createPostgresStats(session),
  ...createPostgresTagList(session),
});
