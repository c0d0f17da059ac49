/**
 * The statement of a commit. Events and all rows that depend on them are written by one statement, so a commit is one round trip
 * and one transaction: its parts are `with` clauses, each of which takes its rows from one parameter. Every part reads the new
 * position of the head, so none takes a lock before the head is locked.
 */
import { getTableName } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';
import {
  auditLog,
  calls,
  callNumbers,
  callTags,
  commands,
  events,
  listenings,
  meta,
  notes,
  recordings,
  streams,
  utterances,
  utteranceWords,
} from '../schema.ts';
import { excluded, nameOf, rowsIn, toJson, valueOf, writable, type ColumnOf } from '../statements.ts';
import { mayWrite } from '../connection/locks.ts';
import type { Statement } from '../connection/session.ts';

/** Returns the text of a part that reads its rows from a parameter. */
type Part = (parameter: string) => string;

/** The first positions of a commit are given to its first events: `$1` is the number of its events. */
const POSITION = 'head.position - $1::bigint + r.index';

/** Inserts rows. */
const insert =
  <T extends PgTable>(table: T, onConflict = ''): Part =>
  (parameter) =>
    insertInto(table, parameter, onConflict, false);

/** Inserts rows with the position of the event at their `index` in the commit. */
const insertNumbered =
  <T extends PgTable>(table: T): Part =>
  (parameter) =>
    insertInto(table, parameter, '', true);

function insertInto<T extends PgTable>(
  table: T,
  parameter: string,
  onConflict: string,
  isNumbered: boolean,
): string {
  const properties = writable(table);
  const given = properties.filter((property) => !isNumbered || property !== 'position');
  const values = properties.map((property) =>
    isNumbered && property === 'position' ? POSITION : valueOf(table, property),
  );
  const names = properties.map((property) => nameOf(table, property));
  return `insert into ${getTableName(table)} (${names.join(', ')}) select ${values.join(', ')}
    from head, ${rowsIn(parameter, table, given, isNumbered ? ['index bigint'] : [])} ${onConflict}`;
}

/** Changes columns of the rows with a key. */
const change =
  <T extends PgTable>(table: T, key: ColumnOf<T>, ...properties: ColumnOf<T>[]): Part =>
  (parameter) => {
    const set = properties.map((property) => `${nameOf(table, property)} = ${valueOf(table, property)}`);
    return `update ${getTableName(table)} as t set ${set.join(', ')}
      from head, ${rowsIn(parameter, table, [key, ...properties])} where t.${nameOf(table, key)} = r."${key}"`;
  };

const CALL_COLUMNS = writable(calls, ['id', 'providerId', 'providerCallId']);

/** In the order in which their locks are taken. */
const PARTS = {
  events: insertNumbered(events),
  calls: insert(calls, `on conflict (id) do update set ${excluded(calls, CALL_COLUMNS)}`),
  utterances: insertNumbered(utterances),
  revisions: change(utterances, 'id', 'text', 'startMs', 'endMs', 'confidence'),
  words: insertNumbered(utteranceWords),
  revisedWords: (parameter) => `insert into utterance_words (position, call_id, words)
    select u.position, u.call_id, r.words from head, json_to_recordset(${parameter}) as r(id text, words text)
    join utterances as u on u.id = r.id on conflict (position) do update set words = excluded.words`,
  streams: insert(streams),
  endedStreams: change(
    streams,
    'id',
    ...(['endedAt', 'endReason', 'frames', 'bytes', 'missingFrames'] as const),
    ...(['listeningLostMs', 'recordingLostMs', 'transcriptLostMs'] as const),
  ),
  recordings: insert(
    recordings,
    `on conflict (call_id) do update set ${excluded(recordings, writable(recordings, ['callId', 'startedAt']))}`,
  ),
  endedRecordings: change(recordings, 'callId', 'state', 'endedAt', 'durationMs', 'bytes'),
  listenings: insert(listenings),
  endedListenings: change(listenings, 'id', 'endedAt'),
  commands: insert(
    commands,
    `on conflict (id) do update set ${excluded(commands, writable(commands, ['id', 'callId']))},
      call_id = coalesce(excluded.call_id, commands.call_id)`,
  ),
  notes: insert(notes),
  tags: insert(callTags, 'on conflict do nothing'),
  removedTags: (parameter) =>
    `delete from call_tags as t using head, ${rowsIn(parameter, callTags, ['callId', 'tag'])}
      where t.call_id = r."callId" and t.tag = r.tag`,
  numbers: insert(callNumbers, 'on conflict do nothing'),
  /** The numbers that a call has no longer. */
  otherNumbers: (parameter) =>
    `delete from call_numbers as t using head, ${rowsIn(parameter, callNumbers, ['callId'], ['numbers json'])}
      where t.call_id = r."callId" and t.number not in (select json_array_elements_text(r.numbers))`,
  audit: insert(auditLog),
  auditHead: change(meta, 'key', 'value'),
} as const satisfies Record<string, Part>;

type PartName = keyof typeof PARTS;

/** The rows of each part, with the properties of its table. */
export type CommitRows = Partial<Record<PartName, readonly object[]>>;

/** Most texts that are prepared, for the combinations of parts; others are parsed each time. */
export const MAX_PREPARED = 100;
const prepared = new Map<string, string>();

export interface CommitIdentity {
  readonly writer: string;
  readonly number: number;
  /** A retry has the same number, and may have other events. */
  readonly attempt: number;
  /** Of the node; undefined if it has not joined the others. */
  readonly epoch: number | undefined;
}

/** Returns the statement that stores a commit of `size` events and returns the position of the last one; no row if it may not. */
export function commitStatement(
  size: number,
  { writer, number, attempt, epoch }: CommitIdentity,
  rows: CommitRows,
): Statement {
  const names = (Object.keys(PARTS) as PartName[]).filter((name) => (rows[name]?.length ?? 0) > 0);
  const parts = names.map((name, i) => `${quote(name)} as (${PARTS[name](`$${i + FIRST_PART}`)})`);
  const key = names.join();
  if (!prepared.has(key) && prepared.size < MAX_PREPARED) prepared.set(key, `commit_${prepared.size}`);
  const name = prepared.get(key);
  return {
    text: [HEAD, ...parts].join(',\n') + '\nselect position from head',
    values: [size, writer, number, attempt, epoch ?? null, ...names.map((part) => toJson(rows[part]))],
    ...(name !== undefined && { name }),
  };
}

const FIRST_PART = 6;
const quote = (name: string): string => `"part_${name}"`;

/**
 * Assigns the positions, and notes the commit under a number that is used once: see `log_commits`. Without a row of the head, no
 * part writes anything.
 */
const HEAD = `with head as (
  update log_head set position = position + $1::bigint where ${mayWrite('$5::bigint')} returning position
),
noted as (
  insert into log_commits (writer, number, attempt, position, at)
  select $2, $3::bigint, $4::bigint, position, (extract(epoch from statement_timestamp()) * 1000)::bigint from head
),
forgotten as (delete from log_commits using head where writer = $2 and number < $3::bigint)`;
