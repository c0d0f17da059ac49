/** Removes data of one kind from ended calls, a limited number of rows at a time, as `store/removal/pruner.ts` in SQLite. */
import type { CallId } from '@sidetone/core';
import type { RetentionKind } from '../../../calls/retention/rules.ts';
import { ARGUMENTS, OF_OTHER_KINDS, SPOKEN, TEXTS, WITH_TEXTS } from '../../removal/kinds.ts';
import type { Queries } from '../connection/session.ts';
import { eraseCall } from './eraser.ts';

/** Removes up to `$2` rows of the call `$1`. */
type Step = string;

/** Returns a path of SQLite as one of PostgreSQL. */
const pathOf = (path: string): string => `'{${path.replace('$.', '').replaceAll('.', ',')}}'`;
const hasAny = (column: string, paths: readonly string[]): string =>
  `(${paths.map((path) => `${column} #> ${pathOf(path)} is not null`).join(' or ')})`;
const without = (column: string, paths: readonly string[]): string =>
  `(${column}::jsonb ${paths.map((path) => `#- ${pathOf(path)}`).join(' ')})::json`;

const HAS_NOTE = `type = 'CALL_ANNOTATED' and ${hasAny('fact', ['$.note'])}`;
const HAS_TAGS = hasAny('fact', ['$.tagsAdded', '$.tagsRemoved']);

const rowsOf = (table: string, condition = 'true', order = ''): string =>
  `ctid in (select ctid from ${table} where call_id = $1 and ${condition} ${order} limit $2)`;
const remove = (table: string, condition?: string, order?: string): Step =>
  `delete from ${table} where ${rowsOf(table, condition, order)}`;
const change = (table: string, set: string, condition: string): Step =>
  `update ${table} set ${set} where ${rowsOf(table, condition)}`;
const changeCall = (set: string, condition: string): Step =>
  `update calls set ${set} where id = $1 and ${condition} and $2::int > 0`;

const UTTERANCES: Step = `with removed as (
    select position from utterances where call_id = $1 order by order_ms, id limit $2
  ), words as (delete from utterance_words where position in (select position from removed))
  delete from utterances where position in (select position from removed)`;

const STEPS: Readonly<Record<RetentionKind, readonly Step[]>> = {
  CALLS: [UTTERANCES, remove('events'), remove('waveforms')],
  TRANSCRIPT: [
    UTTERANCES,
    remove('events', `type in (${SPOKEN})`),
    change(
      'events',
      `fact = ${without('fact', TEXTS)}`,
      `type in (${WITH_TEXTS}) and ${hasAny('fact', TEXTS)}`,
    ),
    change('commands', `arguments = ${without('arguments', ARGUMENTS)}`, hasAny('arguments', ARGUMENTS)),
    changeCall('summary = null, provider_data = null', '(summary is not null or provider_data is not null)'),
  ],
  RECORDING: [remove('recordings'), remove('waveforms')],
  EVENTS: [
    remove('events', `type not in (${OF_OTHER_KINDS})`),
    remove('streams'),
    remove('listenings'),
    remove('commands'),
  ],
  NOTES: [
    remove('notes'),
    remove('events', `${HAS_NOTE} and not ${HAS_TAGS}`),
    change('events', `fact = ${without('fact', ['$.note'])}`, `${HAS_NOTE} and ${HAS_TAGS}`),
    changeCall(
      "state = jsonb_set(state::jsonb, '{noteCount}', '0')::json",
      "(state ->> 'noteCount')::int > 0",
    ),
  ],
};

/** Removes up to `limit` rows of a call and returns how many; fewer if none is left. Call it in a transaction. */
export async function prune(
  queries: Queries,
  kind: RetentionKind,
  { callId, limit, now }: { readonly callId: CallId; readonly limit: number; readonly now: number },
): Promise<number> {
  let removed = 0;
  for (const [i, text] of STEPS[kind].entries()) {
    if (removed >= limit) return removed;
    removed += await queries.run({ name: `prune_${kind}_${i}`, text, values: [callId, limit - removed] });
  }
  // The rows of a large call are removed over several steps, the call itself with the last one.
  if (kind === 'CALLS' && removed < limit) await eraseCall(queries, callId, now);
  return removed;
}

const of = (table: string, condition = 'true'): string =>
  `exists (select 1 from ${table} as t where t.call_id = r.id and ${condition})`;

const CHECKS: Readonly<Record<RetentionKind, string>> = {
  CALLS: 'true',
  TRANSCRIPT: `${of('utterances')} or exists (select 1 from calls as c where c.id = r.id
    and (c.summary is not null or c.provider_data is not null))`,
  RECORDING: of('recordings'),
  EVENTS: of('events', `t.type not in (${OF_OTHER_KINDS})`),
  NOTES: of('notes'),
};

/** Returns the calls that have data of a kind. */
export async function callsWith(
  queries: Queries,
  kind: RetentionKind,
  callIds: readonly CallId[],
): Promise<readonly CallId[]> {
  const rows = await queries.rows<{ id: CallId }>({
    text: `select r.id from unnest($1::text[]) with ordinality as r(id, i) where ${CHECKS[kind]} order by r.i`,
    values: [callIds],
  });
  return rows.map(({ id }) => id);
}
