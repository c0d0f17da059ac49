/** Answers the queries of history that need neither a search of transcripts nor statistics. */
import type { LiveCallFilter } from '../../../calls/ports.ts';
import type { HistoryReader } from '../../history/queries.ts';
import type { Asynchronous } from '../asynchronous.ts';
import type { Session } from '../connection/session.ts';
import { createPostgresLists } from './lists.ts';
import { createPostgresLookups } from './lookups.ts';
import { createPostgresPages } from './pages.ts';

/** What PostgreSQL cannot answer yet: see `search.ts` and `stats.ts` of SQLite. */
type Missing = 'callTotals' | 'callBuckets' | 'callMeasures' | 'countCalls' | 'search' | 'tags' | 'calls';

/** The same queries with promises, except those that are missing, and pages of calls without `said`. */
export type PostgresHistoryReader = Asynchronous<
  Omit<HistoryReader, Missing> & {
    calls(
      filter: LiveCallFilter,
      ...rest: Parameters<HistoryReader['calls']> extends [unknown, ...infer Rest] ? Rest : never
    ): ReturnType<HistoryReader['calls']>;
  }
>;

export const createPostgresHistoryReader = (session: Session): PostgresHistoryReader => ({
  ...createPostgresLookups(session),
  ...createPostgresLists(session),
  ...createPostgresPages(session),
});
