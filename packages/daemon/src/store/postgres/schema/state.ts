/** Values of the daemon and of plugins. */
import { pgTable, primaryKey, text } from 'drizzle-orm/pg-core';

export const pluginState = pgTable(
  'plugin_state',
  {
    /** A provider, or another owner: see `plugins/`. */
    owner: text('provider_id').notNull(),
    key: text().notNull(),
    value: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.owner, table.key] })],
);

export const meta = pgTable('meta', { key: text().primaryKey(), value: text().notNull() });
