/** Rows of tables that SQLite does not have, from rows that it has. */
import { wordsOf } from '../postgres/search/words.ts';
import type { SqliteValue } from './stored-values.ts';

export interface Derivation {
  /** The table in SQLite. */
  readonly from: string;
  /** Its columns that `derive` receives. The key of the derived table is among them. */
  readonly columns: readonly string[];
  /** Returns the values of a row in the order of its columns, or undefined if there is none. */
  readonly derive: (row: readonly SqliteValue[]) => readonly SqliteValue[] | undefined;
}

/** The words of utterances for searches. */
export const WORDS: Derivation = {
  from: 'utterances',
  columns: ['position', 'call_id', 'text'],
  derive([position, callId, text]) {
    const words = wordsOf(String(text));
    return words === '' ? undefined : [position!, callId!, words];
  },
};
