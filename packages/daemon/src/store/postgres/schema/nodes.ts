/** The daemons that write to the database, and the calls that each of them decides about. */
import type { ProviderCallId, ProviderId } from '@sidetone/core';
import { boolean, index, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { integer } from './columns.ts';

/** Starts of daemons. Whether one may write is decided by the members in `log_head`. */
export const nodes = pgTable('nodes', {
  /** Increases with each start, and is never used again, also if the database is an older copy. */
  epoch: integer('epoch').primaryKey(),
  name: text().notNull(),
  version: text().notNull(),
  /** Whether it permits other nodes. */
  isCluster: boolean('is_cluster').notNull(),
  /** Epoch ms, by the clock of the database, as the others. */
  startedAt: integer('started_at').notNull(),
  /** The last heartbeat. */
  seenAt: integer('seen_at').notNull(),
  /** When it stopped, or was excluded. */
  fencedAt: integer('fenced_at'),
});

/**
 * Which node decides about a call. A row of a node that is no member any longer is as good as none. Without a reference to the
 * call: a node owns a call before its first event is stored.
 */
export const callOwners = pgTable(
  'call_owners',
  {
    providerId: text('provider_id').$type<ProviderId>().notNull(),
    providerCallId: text('provider_call_id').$type<ProviderCallId>().notNull(),
    epoch: integer('epoch').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.providerId, table.providerCallId] }),
    index('call_owners_by_epoch').on(table.epoch),
  ],
);

/** Work that one node does for all, until its lease ends. */
export const duties = pgTable('duties', {
  name: text().primaryKey(),
  epoch: integer('epoch').notNull(),
  /** When another node may take it, epoch ms by the clock of the database. */
  until: integer('until').notNull(),
});
