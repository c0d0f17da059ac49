/** The durable key/value store of plugins, which all daemons share. */
import type { StateStore } from '../../plugins/ports.ts';
import type { Asynchronous } from './asynchronous.ts';
import type { Session } from './connection/session.ts';
import { storable } from './statements.ts';

/** Sorts after every other character, so with it a prefix is an upper bound of its keys. */
const LAST_CHARACTER = '\u{10FFFF}';

const IS_ENTRY = 'provider_id = $1 and key = $2';
const INSERT = 'insert into plugin_state (provider_id, key, value) values ($1, $2, $3)';

export function createPostgresState(session: Session): Asynchronous<StateStore> {
  async function find(owner: string, key: string): Promise<string | undefined> {
    const [row] = await session.rows<{ value: string }>({
      name: 'plugin_state_value',
      text: `select value from plugin_state where ${IS_ENTRY}`,
      values: [owner, storable(key)],
    });
    return row?.value;
  }

  return {
    isShared: true,
    get: find,
    async set(owner, key, value) {
      await session.run({
        name: 'set_plugin_state',
        text: `${INSERT} on conflict (provider_id, key) do update set value = excluded.value`,
        values: [owner, storable(key), storable(value)],
      });
    },
    async delete(owner, key) {
      await session.run({
        name: 'delete_plugin_state',
        text: `delete from plugin_state where ${IS_ENTRY}`,
        values: [owner, storable(key)],
      });
    },
    async compareAndSet(owner, key, expected, value) {
      const entry = [owner, storable(key)];
      const old = expected === undefined ? [] : [storable(expected)];
      const replacement = value === undefined ? [] : [storable(value)];
      if (expected === undefined && value === undefined) return (await find(owner, key)) === undefined;
      const [name, text] =
        expected === undefined
          ? ['add_plugin_state', `${INSERT} on conflict do nothing`]
          : value === undefined
            ? ['remove_plugin_state', `delete from plugin_state where ${IS_ENTRY} and value = $3`]
            : ['replace_plugin_state', `update plugin_state set value = $4 where ${IS_ENTRY} and value = $3`];
      return (await session.run({ name, text, values: [...entry, ...old, ...replacement] })) > 0;
    },
    async list(owner, prefix) {
      const rows = await session.rows<{ key: string; value: string }>({
        name: 'list_plugin_state',
        // A range, which every version of the server finds in the index.
        text: `select key, value from plugin_state where provider_id = $1 and key >= $2 and key < $2 || $3 order by key`,
        values: [owner, storable(prefix), LAST_CHARACTER],
      });
      return rows.map(({ key, value }) => [key, value] as const);
    },
  };
}
