/** Values of the daemon and of plugins. */
import { primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';

export const pluginState = sqliteTable(
  'plugin_state',
  {
    /** A provider, or another owner: see `plugins/`. */
    owner: text('provider_id').notNull(),
    key: text().notNull(),
    value: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.owner, table.key] })],
);

export const meta = sqliteTable('meta', { key: text().primaryKey(), value: text().notNull() });
