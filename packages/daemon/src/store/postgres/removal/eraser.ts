/** Erases calls and commands. PostgreSQL removes the remains of deleted rows from its files by itself, with VACUUM. */
import { getTableName } from 'drizzle-orm';
import type { CallId, CommandId, ProviderCallId, ProviderId } from '@sidetone/core';
import type { LoneCommand } from '../../../calls/ports.ts';
import { LONE_COMMAND_MS } from '../../removal/eraser.ts';
import type { Queries } from '../connection/session.ts';
import {
  callNumbers,
  callTags,
  commands,
  events,
  listenings,
  notes,
  recordings,
  streams,
  utterances,
  utteranceWords,
  waveforms,
} from '../schema.ts';
import { forgetErased, rememberErased } from './tombstones.ts';

/** Every table with a `call_id` column. */
export const TABLES_WITH_CALL_ID = [
  events,
  utterances,
  utteranceWords,
  streams,
  commands,
  callTags,
  callNumbers,
  notes,
  recordings,
  listenings,
  waveforms,
] as const;

/** A settled command without a call: an attempt to place a call that failed. */
const IS_LONE = "call_id is null and status <> 'REQUESTED'";

/** All tables in one statement. */
const ERASE = [
  ...TABLES_WITH_CALL_ID.map((table) => getTableName(table)).map(
    (name) => `from_${name} as (delete from ${name} where call_id = $1)`,
  ),
  `owner as (delete from call_owners as o using calls as c
    where c.id = $1 and o.provider_id = c.provider_id and o.provider_call_id = c.provider_call_id)`,
  'erased as (delete from calls where id = $1 returning provider_id, provider_call_id)',
].join(',\n');

/** Deletes every row of the call and remembers that it was erased. Call it in a transaction. */
export async function eraseCall(queries: Queries, callId: CallId, now: number): Promise<void> {
  // Waits for what is being stored beside events, so the next statement sees and deletes it.
  await queries.rows({
    name: 'lock_call',
    text: 'select 1 from calls where id = $1 for update',
    values: [callId],
  });
  const [call] = await queries.rows<{ providerId: ProviderId; providerCallId: ProviderCallId }>({
    name: 'erase_call',
    text: `with ${ERASE} select provider_id as "providerId", provider_call_id as "providerCallId" from erased`,
    values: [callId],
  });
  if (call) await rememberErased(queries, call, now);
}

export const eraseCommand = async (queries: Queries, id: CommandId): Promise<boolean> =>
  (await queries.run({ text: `delete from commands where id = $1 and ${IS_LONE}`, values: [id] })) > 0;

/** Returns settled commands without a call, after one, by their ids. */
export const loneCommands = (
  queries: Queries,
  after: CommandId | undefined,
  limit: number,
): Promise<readonly LoneCommand[]> =>
  queries.rows<{ id: CommandId; arguments: Record<string, unknown> }>({
    text: `select id, arguments from commands where ${IS_LONE} and id > $1 order by id limit $2`,
    values: [after ?? '', limit],
  });

/** How long the last commit of a daemon that has stopped is kept, ms. */
const COMMIT_MS = 24 * 60 * 60_000;

/** Deletes what is not kept any longer. Call it in a transaction. */
export async function expire(queries: Queries, now: number, writer: string): Promise<void> {
  await forgetErased(queries, now);
  await queries.run({
    text: `delete from commands where ${IS_LONE} and requested_at <= $1`,
    values: [now - LONE_COMMAND_MS],
  });
  await queries.run({
    text: `delete from log_commits where writer <> $1
      and at < (extract(epoch from statement_timestamp()) * 1000)::bigint - $2::bigint`,
    values: [writer, COMMIT_MS],
  });
}
