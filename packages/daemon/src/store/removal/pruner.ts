/**
 * Removes data of one kind from ended calls, a limited number of rows at a time: nothing that a client can read, and nothing in the
 * pages of the file, which are overwritten. `eraser.ts` removes the rest of it from the full-text index and from the log.
 */
import type { CallId } from '@sidetone/core';
import type { RetentionKind } from '../../calls/retention/rules.ts';
import type { Db } from '../db.ts';
import type { Eraser } from './eraser.ts';
import { ARGUMENTS, OF_OTHER_KINDS, SPOKEN, TEXTS, WITH_TEXTS } from './kinds.ts';

/** Removes up to `limit` rows of a call and returns how many; fewer than the limit if none is left. */
type Prune = (callId: CallId, limit: number) => number;

const quoted = (paths: readonly string[]): string => paths.map((path) => `'${path}'`).join();
const hasAny = (column: string, paths: readonly string[]): string =>
  `(${paths.map((path) => `json_type(${column}, '${path}') is not null`).join(' or ')})`;
const HAS_NOTE = "type = 'CALL_ANNOTATED' and json_type(fact, '$.note') is not null";
const HAS_TAGS =
  "(json_type(fact, '$.tagsAdded') is not null or json_type(fact, '$.tagsRemoved') is not null)";

const rowsOf = (table: string, condition = '1'): string =>
  `rowid in (select rowid from ${table} where call_id = ? and ${condition} limit ?)`;

export interface Pruner {
  /** Removes up to `limit` rows and returns how many; fewer if none is left. Call it in a transaction. */
  readonly prune: Readonly<Record<RetentionKind, (callId: CallId, limit: number, now: number) => number>>;
  /** Returns whether a call has data of a kind, by what is cheap to check. */
  has(kind: RetentionKind, callId: CallId): boolean;
}

export function createPruner(db: Db, eraser: Pick<Eraser, 'erase' | 'requestScrub'>): Pruner {
  const rest = inOrder(removeUtterances(db), removeRows(db, 'events'), removeRows(db, 'waveforms'));

  /** Scrubs only after what can contain texts: the scrub merges the full-text index. */
  const scrubbing =
    (prune: Prune): Prune =>
    (callId, limit) => {
      const removed = prune(callId, limit);
      if (removed > 0) eraser.requestScrub();
      return removed;
    };

  return {
    prune: {
      // The rows of a large call are removed over several steps, the call itself with the last one.
      CALLS(callId, limit, now) {
        const removed = rest(callId, limit);
        if (removed < limit) eraser.erase(callId, now);
        return removed;
      },
      TRANSCRIPT: scrubbing(
        inOrder(removeUtterances(db), removeRows(db, 'events', `type in (${SPOKEN})`), ...removeTexts(db)),
      ),
      RECORDING: inOrder(removeRows(db, 'recordings'), removeRows(db, 'waveforms')),
      EVENTS: scrubbing(
        inOrder(
          removeRows(db, 'events', `type not in (${OF_OTHER_KINDS})`),
          removeRows(db, 'streams'),
          removeRows(db, 'listenings'),
          removeRows(db, 'commands'),
        ),
      ),
      NOTES: scrubbing(inOrder(removeRows(db, 'notes'), ...removeNotes(db))),
    },
    has: createChecks(db),
  };
}

/** Takes the steps in order while rows may be removed. */
const inOrder =
  (...steps: readonly Prune[]): Prune =>
  (callId, limit) => {
    let removed = 0;
    for (const step of steps) {
      if (removed >= limit) break;
      removed += step(callId, limit - removed);
    }
    return removed;
  };

function limited({ $client }: Db, statement: string): Prune {
  const prepared = $client.prepare<[CallId, number]>(statement);
  return (callId, limit) => prepared.run(callId, limit).changes;
}

const removeRows = (db: Db, table: string, condition?: string): Prune =>
  limited(db, `delete from ${table} where ${rowsOf(table, condition)}`);

function removeUtterances(db: Db): Prune {
  const some = 'from utterances where call_id = ? order by order_ms, id limit ?';
  const words = limited(db, `delete from utterance_words where rowid in (select position ${some})`);
  const rows = limited(db, `delete from utterances where rowid in (select rowid ${some})`);
  return (callId, limit) => {
    words(callId, limit);
    return rows(callId, limit);
  };
}

const removeTexts = (db: Db): readonly Prune[] => [
  limited(
    db,
    `update events set fact = json_remove(fact, ${quoted(TEXTS)}) where ${rowsOf('events', `type in (${WITH_TEXTS}) and ${hasAny('fact', TEXTS)}`)}`,
  ),
  limited(
    db,
    `update commands set arguments = json_remove(arguments, ${quoted(ARGUMENTS)}) where ${rowsOf('commands', hasAny('arguments', ARGUMENTS))}`,
  ),
  limited(
    db,
    'update calls set summary = null, provider_data = null where id = ? and (summary is not null or provider_data is not null) and ? > 0',
  ),
];

const removeNotes = (db: Db): readonly Prune[] => [
  limited(db, `delete from events where ${rowsOf('events', `${HAS_NOTE} and not ${HAS_TAGS}`)}`),
  limited(
    db,
    `update events set fact = json_remove(fact, '$.note') where ${rowsOf('events', `${HAS_NOTE} and ${HAS_TAGS}`)}`,
  ),
  limited(
    db,
    "update calls set state = json_set(state, '$.noteCount', 0) where id = ? and json_extract(state, '$.noteCount') > 0 and ? > 0",
  ),
];

function createChecks({ $client }: Db): Pruner['has'] {
  const of = (table: string, condition = '1'): string =>
    `exists (select 1 from ${table} where call_id = @id and ${condition})`;
  const withTexts =
    'exists (select 1 from calls where id = @id and (summary is not null or provider_data is not null))';
  const conditions: Readonly<Record<RetentionKind, string>> = {
    CALLS: '1',
    TRANSCRIPT: `${of('utterances')} or ${withTexts}`,
    RECORDING: of('recordings'),
    EVENTS: of('events', `type not in (${OF_OTHER_KINDS})`),
    NOTES: of('notes'),
  };
  const checks = Object.fromEntries(
    Object.entries(conditions).map(([kind, condition]) => [
      kind,
      $client.prepare<[{ readonly id: CallId }], number>(`select ${condition}`).pluck(),
    ]),
  );
  return (kind, callId) => checks[kind]!.get({ id: callId }) === 1;
}
