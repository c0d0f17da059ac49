/**
 * Which nodes may write. The members are a column of the head of the log, so a commit checks its own membership in the row that
 * it updates. A node that is no member is fenced: nothing that it sends can be stored, however late it arrives.
 */
import type { Queries } from '../connection/session.ts';

/** The time of the database at the start of the statement, epoch ms. */
export const NOW = '(extract(epoch from statement_timestamp()) * 1000)::bigint';

/** Whether the epoch of a row belongs to no member. A node that has joined after the statement began is not known to it. */
export const isDead = (table: string): string => `${table}.epoch <= (select last_epoch from log_head)
  and not ${table}.epoch = any((select members from log_head)::bigint[])`;

/**
 * Excludes a node: after its commits that are under way, it cannot write any longer, and its calls can be claimed. Returns
 * false if it was no member, or if the caller is none.
 * @param by the epoch of the caller, which may be the same.
 */
export async function fence(queries: Queries, epoch: number, by: number): Promise<boolean> {
  const changed = await queries.run({
    name: 'fence_node',
    text: `with head as (
        update log_head set members = array_remove(members, $1::bigint)
        where $1::bigint = any(members) and $2::bigint = any(members) returning 1
      )
      update nodes set fenced_at = ${NOW} from head where epoch = $1`,
    values: [epoch, by],
  });
  return changed > 0;
}

/** A member, as the database knows it. */
export interface Member {
  readonly epoch: number;
  readonly name: string;
  readonly version: string;
  readonly startedAt: number;
  readonly seenAt: number;
}

/** Returns the members, by name. */
export const members = (queries: Queries): Promise<readonly Member[]> =>
  queries.rows<Member & Record<string, unknown>>({
    name: 'members',
    text: `select epoch, name, version, started_at as "startedAt", seen_at as "seenAt" from nodes, log_head
      where nodes.epoch = any(log_head.members) order by name, epoch`,
  });
