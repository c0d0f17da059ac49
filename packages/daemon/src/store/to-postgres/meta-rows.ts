/** The rows of `meta` that move: keys, the id of the event log, positions of the audit log and of work that continues. */
import type { Queries } from '../postgres/connection/session.ts';
import { ALL_WORDS, WORD_INDEX } from '../postgres/ledger/fill-words.ts';
import { storable } from '../postgres/statements.ts';
import type { Source } from './source.ts';

/** Keys that belong to the file: the daemon that has it open, and texts in it that have to be overwritten. */
const OF_THE_FILE: ReadonlySet<string> = new Set(['owner', 'scrub_due']);

/** Returns what PostgreSQL stores, by key. The words of all utterances are moved, so the daemon has none to add. */
export const movedMeta = ({ meta }: Pick<Source, 'meta'>): ReadonlyMap<string, string> =>
  new Map([...storedMeta(meta), [WORD_INDEX, ALL_WORDS]]);

const storedMeta = (meta: Source['meta']): ReadonlyMap<string, string> =>
  new Map([...meta].filter(([key]) => !OF_THE_FILE.has(key)).map(([key, value]) => [key, storable(value)]));

/** Stores the rows, and the position of the newest event. Call it in a transaction. */
export async function moveMeta(queries: Queries, source: Source): Promise<void> {
  const rows = [...movedMeta(source)].map(([key, value]) => ({ key, value }));
  await queries.run({
    text: `insert into meta (key, value) select key, value from json_to_recordset($1) as r(key text, value text)
      on conflict (key) do update set value = excluded.value`,
    values: [JSON.stringify(rows)],
  });
  await queries.run({ text: 'update log_head set position = $1', values: [source.identity.position] });
}
