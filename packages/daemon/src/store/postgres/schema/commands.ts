/** Commands. */
import type { CallId, CommandId, CommandKind, CommandStatus, Failure } from '@sidetone/core';
import { sql } from 'drizzle-orm';
import { index, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { integer, json } from './columns.ts';

export const commands = pgTable(
  'commands',
  {
    id: text().$type<CommandId>().primaryKey(),
    /** Null for a failed attempt to place a call. */
    callId: text('call_id').$type<CallId>(),
    kind: text().$type<CommandKind>().notNull(),
    arguments: json<Record<string, unknown>>('arguments').notNull(),
    status: text().$type<CommandStatus>().notNull(),
    failure: json<Failure>('failure'),
    requestedBy: text('requested_by').notNull(),
    requestedAt: integer('requested_at').notNull(),
    settledAt: integer('settled_at'),
    idempotencyKey: text('idempotency_key'),
    fingerprint: text(),
  },
  (table) => [
    index('commands_by_call').on(table.callId, table.requestedAt, table.id),
    index('commands_open')
      .on(table.id)
      .where(sql`status = 'REQUESTED'`),
    uniqueIndex('commands_by_key')
      .on(table.requestedBy, table.idempotencyKey)
      .where(sql`idempotency_key is not null`),
  ],
);
