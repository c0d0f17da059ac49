/** Who may send requests, and who did what. */
import { index, pgTable, text } from 'drizzle-orm/pg-core';
import type { AuditAction } from '../../../access/audit.ts';
import type { Scope } from '../../../access/viewer.ts';
import { integer, json } from './columns.ts';

/** Who did what, see `audit/`. Outlives the calls, and is not derived from events. */
export const auditLog = pgTable(
  'audit_log',
  {
    seq: integer('seq').primaryKey(),
    /** Epoch ms. */
    at: integer('at').notNull(),
    by: text('by_name').notNull(),
    action: text().$type<AuditAction>().notNull(),
    /** Digest of the call id; empty if the entry is not about a call. */
    call: text('call_digest').notNull(),
    /** JSON. Null for entries without details. */
    details: text(),
    hash: text().notNull(),
  },
  // Each index ends with the order of the log. A time has none: it nearly follows that order.
  (table) => [
    index('audit_by_name').on(table.by, table.seq),
    index('audit_by_action').on(table.action, table.seq),
    index('audit_by_call').on(table.call, table.seq),
  ],
);

/** Access tokens that are created while the daemon runs, see `access/tokens/`. Only their hashes are stored. */
export const accessTokens = pgTable('access_tokens', {
  name: text().primaryKey(),
  sha256: text().notNull(),
  scopes: json<readonly Scope[]>('scopes').notNull(),
  /** Epoch ms, like the other times. */
  createdAt: integer('created_at').notNull(),
  createdBy: text('created_by').notNull(),
  expiresAt: integer('expires_at'),
  revokedAt: integer('revoked_at'),
});
