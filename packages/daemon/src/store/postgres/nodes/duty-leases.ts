/** Which node has a duty: a lease by the clock of the database, which ends at once if its node is excluded. */
import type { Duty } from '../../../duties/duties.ts';
import type { DutyLeases } from '../../../duties/held-duties.ts';
import type { Session } from '../connection/session.ts';
import { isDead, NOW } from './members.ts';

export const createDutyLeases = (session: Session): DutyLeases => ({
  async take(duties, leaseMs) {
    const rows = await session.rows<{ name: Duty }>({
      name: 'take_duties',
      text: `insert into duties (name, epoch, until)
        select name, $2::bigint, ${NOW} + $3::bigint from unnest($1::text[]) as d(name), log_head
        where $2::bigint = any(members) order by name
        on conflict (name) do update set epoch = excluded.epoch, until = excluded.until
        where duties.epoch = excluded.epoch or duties.until < ${NOW} or (${isDead('duties')})
        returning name`,
      values: [duties, session.epoch, leaseMs],
    });
    return rows.map(({ name }) => name);
  },
  async release(duties) {
    await session.rows({
      name: 'release_duties',
      text: 'delete from duties where name = any($1::text[]) and epoch = $2 returning 1',
      values: [duties, session.epoch],
    });
  },
});
