/** The tags of all calls, by their beginning. Each is found with one search of the index, as in SQLite. */
import { MAX_COUNTED_CALLS, type TagCount } from '../../../history/ports.ts';
import { AFTER_TAGS } from '../../history/tags.ts';
import type { HistoryReader } from '../../history/queries.ts';
import type { Asynchronous } from '../asynchronous.ts';
import type { Reads } from '../connection/history-reads.ts';

const next = (condition: string): string =>
  `(select tag from call_tags where tag ${condition} and tag < $2 order by tag limit 1)`;

const TAGS = `
  with recursive found(tag) as (
    ${next('>= $1')}
    union all
    select ${next('> found.tag')} from found where found.tag is not null
  )
  select tag, (
    select count(*) from (select 1 from call_tags as t where t.tag = found.tag limit ${MAX_COUNTED_CALLS}) as counted
  ) as calls
  from found where tag is not null limit $3`;

export const createPostgresTagList = (reads: Reads): Asynchronous<Pick<HistoryReader, 'tags'>> => ({
  tags: (prefix, limit) =>
    reads.rows<TagCount & Record<string, unknown>>({
      name: 'tags',
      text: TAGS,
      values: [prefix, prefix + AFTER_TAGS, limit],
    }),
});
