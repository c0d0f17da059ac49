/** Answers the queries of history. */
import type { HistoryReader } from '../../history/queries.ts';
import type { Asynchronous } from '../asynchronous.ts';
import type { Session } from '../connection/session.ts';
import { createPostgresLists } from './lists.ts';
import { createPostgresLookups } from './lookups.ts';
import { createPostgresPages } from './pages.ts';
import { createPostgresSearch } from './search.ts';
import { createPostgresTagList } from './tags.ts';

/** What PostgreSQL cannot answer yet: see `stats.ts` of SQLite. */
type Missing = 'callTotals' | 'callBuckets' | 'callMeasures' | 'countCalls';

/** The same queries with promises, except those that are missing. */
export type PostgresHistoryReader = Asynchronous<Omit<HistoryReader, Missing>>;

export const createPostgresHistoryReader = (session: Session): PostgresHistoryReader => ({
  ...createPostgresLookups(session),
  ...createPostgresLists(session),
  ...createPostgresPages(session),
  ...createPostgresSearch(session),
  ...createPostgresTagList(session),
});
