/**
 * Replaces the prefix at the end of a search by the words of the index that start with it. FTS5 merges all rows of all these
 * words before it returns the first row of a prefix, but reads those of whole words as they are needed, newest first.
 */
import type { Db } from '../db.ts';
import { expression, searchTerms, type SearchTerm } from './query.ts';

/** Most words that a prefix is replaced by; FTS5 searches a prefix of more words itself. */
export const MAX_EXPANSIONS = 1000;
/** The same if the prefix is the end of a phrase: each phrase costs more than a word. */
const MAX_PHRASES = 100;

/** Returns the expression for FTS5's `match`; undefined if the query has no words. */
export type ExpandSearch = (query: string) => string | undefined;

/** The tables are temporary: they exist on this connection only, also if it is read-only. */
export function createSearchExpansion({ $client: sqlite }: Db): ExpandSearch {
  sqlite.exec(`
    create virtual table if not exists temp.indexed_words using fts5vocab(main, utterance_words, instance);
    create virtual table if not exists temp.probe using fts5(
      words, content='', tokenize="unicode61 remove_diacritics 2 categories 'L* N* Co Mn Mc'");
    create virtual table if not exists temp.probed_words using fts5vocab(temp, probe, row)`);
  const next = sqlite
    .prepare<[string], string>('select term from temp.indexed_words where term >= ? limit 1')
    .pluck();
  const write = sqlite.prepare<[string]>('insert into temp.probe (words) values (?)');
  const read = sqlite.prepare<[], string>('select term from temp.probed_words').pluck();
  const clear = sqlite.prepare("insert into temp.probe (probe) values ('delete-all')");

  /** Returns a token as FTS5 stores it, for example without accents; undefined if that is not one word. */
  function storedForm(token: string): string | undefined {
    write.run(token);
    const words = read.all();
    clear.run();
    return words.length === 1 ? words[0] : undefined;
  }

  /** Returns undefined if there are more than `most`. Each step seeks: rows of a word are not read. */
  function wordsFrom(prefix: string, most: number): readonly string[] | undefined {
    const words: string[] = [];
    for (let from = prefix; ;) {
      const word = next.get(from);
      if (word === undefined || !word.startsWith(prefix)) return words;
      if (words.length === most) return undefined;
      words.push(word);
      // The first text after the word that another word could be.
      from = `${word}\u0001`;
    }
  }

  function expand({ tokens, isPrefix }: SearchTerm): readonly SearchTerm[] | undefined {
    const last = tokens.at(-1);
    if (!isPrefix || last === undefined) return undefined;
    const prefix = storedForm(last);
    if (prefix === undefined) return undefined;
    const before = tokens.slice(0, -1);
    const words = wordsFrom(prefix, before.length === 0 ? MAX_EXPANSIONS : MAX_PHRASES);
    return words?.map((word) => ({ tokens: [...before, word], isPrefix: false }));
  }

  return (query) => {
    const terms = searchTerms(query);
    if (terms.length === 0) return undefined;
    return terms
      .map((term) => {
        const alternatives = expand(term) ?? [];
        return alternatives.length === 0
          ? expression(term)
          : `(${alternatives.map(expression).join(' OR ')})`;
      })
      .join(' AND ');
  };
}
