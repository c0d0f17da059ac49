/**
 * The full-text index of transcripts: one row for each final utterance, keyed by its position in the log. It stores tokens
 * and their positions, not the text. Uses plain SQL because drizzle does not support virtual tables.
 */
import type { Db } from './db.ts';
import { indexText } from './search/tokenizer.ts';

interface TranscriptIndex {
  /** Indexes an utterance. Call it in the transaction that stores the utterance. */
  add(position: number, text: string): void;
  /** Indexes the new text of a revised utterance. Call it in the transaction that stores the revision. */
  replace(position: number, text: string): void;
  /** Indexes the utterances that a release without this index stored. Does nothing if the index has rows. */
  fillIfEmpty(): void;
}

export function createTranscriptIndex({ $client: sqlite }: Db): TranscriptIndex {
  const insert = sqlite.prepare<[number, string]>('insert into utterance_words (rowid, words) values (?, ?)');
  const remove = sqlite.prepare<[number]>('delete from utterance_words where rowid = ?');
  const add = (position: number, text: string): void => void insert.run(position, indexText(text));

  return {
    add,
    replace(position, text) {
      remove.run(position);
      add(position, text);
    },
    fillIfEmpty() {
      const isFilled = sqlite.prepare('select 1 from utterance_words limit 1').get() !== undefined;
      if (isFilled) return;
      const utterances = sqlite.prepare<[], { readonly position: number; readonly text: string }>(
        'select position, text from utterances',
      );
      sqlite.transaction(() => {
        for (const { position, text } of utterances.all()) add(position, text);
      })();
    },
  };
}
