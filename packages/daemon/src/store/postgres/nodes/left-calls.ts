/** What nodes that have left leave: their calls, and what was open. */
import type { CallId, Command } from '@sidetone/core';
import type { ProviderCallRef } from '../../../calls/loading/call-ref.ts';
import type { LeftCalls, StoredMember } from '../../../calls/takeover/ports.ts';
import { rowToCommand } from '../../rows.ts';
import type { Session } from '../connection/session.ts';
import { commands } from '../schema.ts';
import { selectFrom } from '../statements.ts';
import { HAS_OPEN, type CallClaims } from './claims.ts';
import { fence, NOW } from './members.ts';

/** Of nodes that are known to have left, so that an index finds their rows. */
const LEFT = `select c.id from nodes as n join call_owners as o on o.epoch = n.epoch
  join calls as c using (provider_id, provider_call_id) where n.fenced_at is not null and ${HAS_OPEN}`;
const UNOWNED = `not exists (select 1 from call_owners as o
  where o.provider_id = c.provider_id and o.provider_call_id = c.provider_call_id)`;

export const createLeftCalls = (session: Session, claims: CallClaims): LeftCalls => ({
  exclude: (epoch) => fence(session, epoch, session.epoch!),
  silentMembers: (ms) =>
    session.rows<StoredMember & Record<string, unknown>>({
      name: 'silent_members',
      text: `select name as node, epoch, seen_at as "seenAt" from nodes, log_head
        where nodes.epoch = any(log_head.members) and nodes.epoch <> $1 and seen_at < ${NOW} - $2::bigint`,
      values: [session.epoch, ms],
    }),
  async calls(after, limit) {
    const rows = await session.rows<{ id: CallId }>({
      name: 'left_calls',
      text: `select id from (
          ${LEFT} union select c.id from calls as c where c.status <> 'ENDED' and ${UNOWNED}
        ) as found where id > $1 order by id limit $2`,
      values: [after ?? '', limit],
    });
    return rows.map(({ id }) => id);
  },
  async expectUnowned() {
    const rows = await session.rows<ProviderCallRef & { readonly id: CallId } & Record<string, unknown>>({
      text: `select id, provider_id as "providerId", provider_call_id as "providerCallId" from calls as c
        where ${HAS_OPEN} and ${UNOWNED}`,
    });
    claims.expectLeft(rows);
    return rows.map(({ id }) => id);
  },
  async openCommands(ms): Promise<readonly Command[]> {
    const rows = await session.rows<typeof commands.$inferSelect>({
      text: `${selectFrom(commands)} where status = 'REQUESTED' and call_id is null
        and requested_at <= ${NOW} - $1::bigint order by id`,
      values: [ms],
    });
    return rows.map((row) => rowToCommand(row).command);
  },
});
