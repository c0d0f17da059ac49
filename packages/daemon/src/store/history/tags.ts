/** The tags of all calls, by their beginning. Each is found with one search of the index, so calls are not scanned. */
import { sql } from 'drizzle-orm';
import { MAX_COUNTED_CALLS } from '../../history/ports.ts';
import { INTERRUPTION_POINT, type Db } from '../db.ts';
import { callTags } from '../schema.ts';
import type { HistoryReader } from './queries.ts';

/** Sorts after every text that begins with a prefix. Tags have no such character. */
export const AFTER_TAGS = '\u{10FFFF}';

export const createTagList = (db: Db): Pick<HistoryReader, 'tags'> => ({
  tags(prefix, limit) {
    const next = (after: unknown) =>
      sql`select min(${callTags.tag}) from ${callTags} where ${callTags.tag} ${after} and ${callTags.tag} < ${prefix + AFTER_TAGS}`;
    return db.all<{ tag: string; calls: number }>(sql`
      with recursive found(tag) as (
        select * from (${next(sql`>= ${prefix}`)})
        union all
        select (${next(sql`> found.tag`)}) from found where found.tag is not null and ${INTERRUPTION_POINT}
        limit ${limit}
      )
      select found.tag as tag, (
        select count(*) from (
          select 1 from ${callTags} where ${callTags.tag} = found.tag limit ${MAX_COUNTED_CALLS}
        )
      ) as calls
      from found where found.tag is not null`);
  },
});
