/**
 * The full-text index of what was said: one row for each final utterance, by its position in the log. It keeps words and
 * where they are, no text. Written with statements of its own: drizzle knows no such table.
 */
import type { Db } from './database.ts';
import { searchWords } from './tokenizer.ts';

export interface WordIndex {
  /** Within the transaction that stores the utterance. */
  add(position: number, text: string): void;
  /** Likewise, where the utterance has come to be another. */
  replace(position: number, text: string): void;
  /** Indexes what a release without this index has stored. Does nothing once there is something in it. */
  fillIfEmpty(): void;
}

export function createWordIndex({ $client: sqlite }: Db): WordIndex {
  const insert = sqlite.prepare<[number, string]>('insert into utterance_words (rowid, words) values (?, ?)');
  const remove = sqlite.prepare<[number]>('delete from utterance_words where rowid = ?');
  const add = (position: number, text: string): void => void insert.run(position, searchWords(text));

  return {
    add,
    replace(position, text) {
      remove.run(position);
      add(position, text);
    },
    fillIfEmpty() {
      const isFilled = sqlite.prepare('select 1 from utterance_words limit 1').get() !== undefined;
      if (isFilled) return;
      const utterances = sqlite.prepare<[], Said>('select position, text from utterances');
      sqlite.transaction(() => {
        for (const { position, text } of utterances.all()) add(position, text);
      })();
    },
  };
}

interface Said {
  readonly position: number;
  readonly text: string;
}
