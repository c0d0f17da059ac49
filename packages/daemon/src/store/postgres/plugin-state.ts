/** The durable key/value store of plugins, which all daemons share. */
import type { StateStore } from '../../plugins/ports.ts';
import type { Asynchronous } from './asynchronous.ts';
import type { Session } from './connection/session.ts';
import { storable } from './statements.ts';

export function createPostgresState(session: Session): Asynchronous<StateStore> {
  return {
    async get(owner, key) {
      const [row] = await session.rows<{ value: string }>({
        name: 'plugin_state_value',
        text: 'select value from plugin_state where provider_id = $1 and key = $2',
        values: [owner, storable(key)],
      });
      return row?.value;
    },
    async set(owner, key, value) {
      await session.run({
        name: 'set_plugin_state',
        text: `insert into plugin_state (provider_id, key, value) values ($1, $2, $3)
          on conflict (provider_id, key) do update set value = excluded.value`,
        values: [owner, storable(key), storable(value)],
      });
    },
    async delete(owner, key) {
      await session.run({
        name: 'delete_plugin_state',
        text: 'delete from plugin_state where provider_id = $1 and key = $2',
        values: [owner, storable(key)],
      });
    },
    async list(owner, prefix) {
      const rows = await session.rows<{ key: string; value: string }>({
        name: 'list_plugin_state',
        text: 'select key, value from plugin_state where provider_id = $1 and starts_with(key, $2) order by key',
        values: [owner, storable(prefix)],
      });
      return rows.map(({ key, value }) => [key, value] as const);
    },
  };
}
