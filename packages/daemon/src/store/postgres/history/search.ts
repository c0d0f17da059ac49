/**
 * Full-text search in transcripts, newest first. The newest utterances are compared first: they contain enough matches of a
 * frequent word. Then the index finds the matches of a rare one, which are sorted. If there are too many of these, and most do
 * not meet the filter, more utterances are compared in their order, up to a limit.
 */
import { FaultError } from '@sidetone/core';
import type { CallFilter } from '../../../calls/ports.ts';
import type { PageRequest } from '../../../history/paging.ts';
import { readLimit, toPage } from '../../history/keyset.ts';
import type { HistoryReader } from '../../history/queries.ts';
import { rowToUtterance } from '../../rows.ts';
import { searchTerms } from '../../search/query.ts';
import { snippetOf } from '../../search/snippet.ts';
import type { Asynchronous } from '../asynchronous.ts';
import { callCondition } from '../call-filter.ts';
import type { Reads } from '../connection/history-reads.ts';
import { Parameters } from '../parameters.ts';
import { utterances } from '../schema.ts';
import { containsWords, isFoundByWords, wordSearch, type WordSearch } from '../search/words.ts';
import { selectFrom } from '../statements.ts';

export interface SearchLimits {
  /** Utterances that are compared first. */
  readonly newest: number;
  /** Matches of the index that are sorted at most. */
  readonly many: number;
  /** Utterances that are compared with one statement at most. */
  readonly largest: number;
  /** Utterances that are compared in all. */
  readonly maxCompared: number;
}

export const SEARCH_LIMITS: SearchLimits = {
  newest: 1000,
  many: 100_000,
  largest: 50_000,
  maxCompared: 500_000,
};

type UtteranceRow = typeof utterances.$inferSelect;

export function createPostgresSearch(
  reads: Reads,
  limits = SEARCH_LIMITS,
): Asynchronous<Pick<HistoryReader, 'search'>> {
  return {
    async search(text, filter, page) {
      const words = wordSearch(text);
      const rows = words ? await new Search(reads, { words, filter, page }, limits).find() : [];
      const terms = searchTerms(text);
      return toPage(
        rows.map((row) => ({ utterance: rowToUtterance(row), snippet: snippetOf(row.text, terms) })),
        page,
      );
    },
  };
}

interface Question {
  readonly words: WordSearch;
  readonly filter: CallFilter;
  readonly page: PageRequest;
}

class Search {
  readonly #reads: Reads;
  readonly #question: Question;
  readonly #limits: SearchLimits;
  readonly #found: UtteranceRow[] = [];
  /** Utterances before this position are not compared yet. */
  #below: number;
  #compared = 0;

  constructor(reads: Reads, question: Question, limits: SearchLimits) {
    this.#reads = reads;
    this.#question = question;
    this.#limits = limits;
    this.#below = question.page.after?.key ?? Number.MAX_SAFE_INTEGER;
  }

  /** Returns the rows of the page, and one more. */
  async find(): Promise<readonly UtteranceRow[]> {
    const { newest, largest, maxCompared } = this.#limits;
    if (await this.#compare(newest)) return this.#found;
    const sorted = await this.#sortMatches();
    if (sorted) return sorted;
    for (let size = newest; this.#compared < maxCompared;) {
      size = Math.min(size * 2, largest);
      if (await this.#compare(size)) return this.#found;
    }
    throw new FaultError(
      'HISTORY_TOO_BROAD',
      `searchTranscripts: ${maxCompared} utterances were read without completing the page; search for more words, or add a condition that fewer calls meet`,
      { details: { maximum: maxCompared } },
    );
  }

  /** Compares the next utterances. Returns whether the page or the list is complete. */
  async #compare(size: number): Promise<boolean> {
    const { words, filter, page } = this.#question;
    const parameters = new Parameters();
    const { add } = parameters;
    const missing = readLimit(page) - this.#found.length;
    // With the position of the last one that was compared, also if no utterance matches.
    const rows = await this.#reads.rows<Partial<UtteranceRow> & { last: number | null }>({
      text: `with w as materialized (
          select * from utterance_words where position < ${add(this.#below)}::bigint order by position desc limit ${add(size)}
        ), found as (
          select w.position from w where ${containsWords(words, add)} and ${isIn(filter, parameters)}
          order by w.position desc limit ${add(missing)}
        )
        select compared.last, u.* from
          (select case when count(*) = ${add(size)} then min(position) end as last from w) as compared
          left join (${selectFrom(utterances)} where position in (select position from found)) as u on true
        order by u.position desc`,
      values: parameters.values,
    });
    this.#found.push(...rows.filter((row): row is (typeof rows)[number] & UtteranceRow => row.id !== null));
    this.#compared += size;
    const last = rows[0]!.last;
    this.#below = last ?? 0;
    return last === null || this.#found.length === readLimit(page);
  }

  /** Returns the page from the matches of the index; undefined if there are too many. */
  async #sortMatches(): Promise<readonly UtteranceRow[] | undefined> {
    const { words, filter, page } = this.#question;
    const parameters = new Parameters();
    const { add } = parameters;
    const { many } = this.#limits;
    const below = page.after?.key ?? Number.MAX_SAFE_INTEGER;
    // Without an order, so that the index of the words is read and not that of the positions.
    const rows = await this.#reads.rows<Partial<UtteranceRow> & { matches: number }>({
      text: `with found as materialized (
          select w.position from utterance_words as w
          where ${isFoundByWords(words, add)} and w.position < ${add(below)}::bigint and ${isIn(filter, parameters)}
          limit ${add(many + 1)}
        )
        select counted.matches, u.* from (select count(*) as matches from found) as counted
          left join (${selectFrom(utterances)} where position in
            (select position from found order by position desc limit ${add(readLimit(page))})) as u on true
        order by u.position desc`,
      values: parameters.values,
    });
    if (rows[0]!.matches > many) return undefined;
    return rows.filter((row): row is (typeof rows)[number] & UtteranceRow => row.id !== null);
  }
}

/** The condition that the call of `w` meets a filter. */
function isIn(filter: CallFilter, parameters: Parameters): string {
  const condition = callCondition(filter, parameters);
  if (condition === 'true') return condition;
  return `exists (select 1 from calls as c where c.id = w.call_id and ${condition})`;
}
