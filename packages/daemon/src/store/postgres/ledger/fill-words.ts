/** Adds the words of utterances that were stored without them, or under other rules, the newest first, in steps. */
import type { CallId } from '@sidetone/core';
import type { Queries } from '../connection/session.ts';
import { utteranceWords } from '../schema.ts';
import { RULES, wordsOf } from '../search/words.ts';
import { rowsIn, toJson } from '../statements.ts';

/** Utterances that are added in one step: about 10 ms of work. */
export const UTTERANCES_PER_STEP = 200;
/** The key in `meta` of how far filling has come. */
export const WORD_INDEX = 'word_index';

/** Where filling continues: below this position; absent when all utterances have their words. */
interface Progress {
  readonly rules: number;
  readonly below?: number;
}

/** The progress when all utterances have their words. */
export const ALL_WORDS = JSON.stringify({ rules: RULES } satisfies Progress);

interface Row {
  readonly position: number;
  readonly callId: CallId;
  readonly text: string;
}

/** Adds the words of some utterances. Returns false when all have them. Call it in a transaction that has locked the head. */
export async function fillWords(queries: Queries, step = UTTERANCES_PER_STEP): Promise<boolean> {
  const [stored] = await queries.rows<{ value: string }>({
    text: 'select value from meta where key = $1',
    values: [WORD_INDEX],
  });
  const progress = stored && (JSON.parse(stored.value) as Progress);
  const isStarted = progress?.rules === RULES;
  if (isStarted && progress.below === undefined) return false;
  const rows = await queries.rows<Row & Record<string, unknown>>({
    text: `select position, call_id as "callId", text from utterances
      where position < $1::bigint order by position desc limit $2`,
    values: [(isStarted && progress.below) || Number.MAX_SAFE_INTEGER, step],
  });
  await put(queries, rows);
  const last = rows.length < step ? undefined : rows.at(-1)?.position;
  const value: Progress = { rules: RULES, ...(last !== undefined && { below: last }) };
  await queries.run({
    text: 'insert into meta (key, value) values ($1, $2) on conflict (key) do update set value = excluded.value',
    values: [WORD_INDEX, JSON.stringify(value)],
  });
  return last !== undefined;
}

async function put(queries: Queries, rows: readonly Row[]): Promise<void> {
  const words = rows
    .map(({ position, callId, text }) => ({ position, callId, words: wordsOf(text) }))
    .filter(({ words: some }) => some !== '');
  await queries.run({
    text: 'delete from utterance_words where position = any($1)',
    values: [rows.map(({ position }) => position)],
  });
  await queries.run({
    text: `insert into utterance_words (position, call_id, words) select r.position::bigint, r."callId", r.words
      from ${rowsIn('$1', utteranceWords, ['position', 'callId', 'words'])}`,
    values: [toJson(words)],
  });
}
