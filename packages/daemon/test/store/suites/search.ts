/** What every engine finds in transcripts. */
import type { CallFact, UtteranceId } from '@sidetone/core';
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import type { CallFilter } from '../../../src/calls/ports.ts';
import type { PageRequest } from '../../../src/history/paging.ts';
import { callIdOf, DraftMaker } from './drafts.ts';
import type { OpenStore, TestStore } from './engine.ts';

const ALL = { limit: 100, backward: false } as const;

/** A store, and calls in which something is said. */
class Speech {
  readonly store: TestStore;
  readonly maker = new DraftMaker();
  #lines = 0;

  constructor(store: TestStore) {
    this.store = store;
  }

  /** Stores utterances of a call. Returns their ids. */
  async say(name: string, ...texts: string[]): Promise<readonly UtteranceId[]> {
    const start = this.maker.calls.has(callIdOf(name)) ? [] : [this.maker.start(name)];
    const lines = texts.map((text) => this.maker.line(name, ++this.#lines, text));
    await this.store.ledger.commit([...start, ...lines]);
    return lines.map(({ fact }) => (fact as Extract<CallFact, { type: 'UTTERANCE_FINALIZED' }>).utterance.id);
  }

  async revise(name: string, id: UtteranceId, text: string): Promise<void> {
    const utterance = { id, party: 'CUSTOMER', text } as const;
    await this.store.ledger.commit([this.maker.next(name, { type: 'UTTERANCE_REVISED', utterance })]);
  }

  async end(name: string): Promise<void> {
    await this.store.ledger.commit([
      this.maker.next(name, { type: 'CALL_ENDED', end: { category: 'BUSY' } }, 9000),
    ]);
  }

  search(query: string, filter: CallFilter = {}, page: PageRequest = ALL) {
    return this.store.history.search(query, filter, page);
  }

  texts = async (query: string, filter?: CallFilter): Promise<string[]> =>
    (await this.search(query, filter)).rows.map(({ utterance: { utterance } }) => utterance.text);
  snippets = async (query: string): Promise<string[]> =>
    (await this.search(query)).rows.map(({ snippet }) => snippet);
  callsThatSay = async (said: string, filter: CallFilter = {}): Promise<string[]> =>
    (await this.store.history.calls({ ...filter, said }, ALL)).rows
      .map(({ providerCallId }) => providerCallId as string)
      .toSorted();
}

/** Words of many scripts, with accents, digits, joiners and marks. */
const WORDS = [
  'hello Hell Köln KOLN naïve ŁÓDŹ Việt ﬁne ǡ e\u0301a x\u0345 İstanbul ß ſ',
  '東京都 京 私は สวัสดี ครับ 한국어를 हिन्दी بالعالم צה"ל ОРДЕР ОРДЁР ΟΔΟΣ ὈΔΌΣ',
  "don't don 3.14 14 4155550100 ＡＢＣ a_b [x] 👍 \u202E",
].flatMap((line) => line.split(' '));
const anyWord = fc.constantFrom(...WORDS);
const anyText = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.array(anyWord, { minLength: 1, maxLength: 12 }).map((words) => words.join(' ')),
  },
  { weight: 1, arbitrary: fc.array(anyWord, { maxLength: 6 }).map((words) => words.join('')) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }) },
);
const anyQuery = fc.oneof(
  anyWord.map((word) => Array.from(word).slice(0, 2).join('')),
  fc.array(anyWord, { minLength: 1, maxLength: 3 }).map((words) => words.join(' ')),
  fc.array(anyWord, { minLength: 1, maxLength: 3 }).map((words) => `"${words.join(' ')}"`),
  fc.tuple(anyWord, anyWord, anyWord).map(([one, two, three]) => `"${one} ${two}" ${three}`),
  anyText,
);

/** @param reference the engine that the others must equal. */
export function testSearch(open: OpenStore, reference: OpenStore, numRuns: number): void {
  describe('a search', () => {
    let speech: Speech;
    beforeEach(async () => {
      speech = new Speech(await open());
    });

    test('requires all words, in any order, and treats the last one as a prefix', async () => {
      await speech.say('a', 'I want to cancel my order', 'order by phone', 'my orders are cancelled');
      expect(await speech.texts('order my')).toEqual(['I want to cancel my order']);
      expect(await speech.texts('my ord')).toEqual(['my orders are cancelled', 'I want to cancel my order']);
      expect(await speech.texts('ord my')).toEqual([]);
    });

    test('in quotes requires adjacent, complete words', async () => {
      await speech.say('a', 'my order', 'order my', 'my orders');
      expect(await speech.texts('"my order"')).toEqual(['my order']);
      expect(await speech.texts('“my order”')).toEqual(['my order']);
      expect(await speech.texts('"my order" m')).toEqual(['my order']);
      // An unclosed quote is ignored, so that results appear while the user types.
      expect(await speech.texts('"my ord')).toEqual(['my orders', 'order my', 'my order']);
    });

    test.each([
      ['Grüße aus KÖLN', 'koln', 'Grüße aus [KÖLN]'],
      ['ΟΔΟΣ Αθηνών', 'οδος', '[ΟΔΟΣ] Αθηνών'],
      ['Мой заказ', 'ЗАКАЗ', 'Мой [заказ]'],
      ['私は東京に住んでいます', '東京', '私は[東京]に住んでいます'],
      ['我们在北京大学', '京大', '我们在北[京大]学'],
      ['สวัสดีครับผม', 'สวัสด', '[สวัสดี]ครับผม'],
      ['हिन्दी भाषा', 'हिन्दी', '[हिन्दी] भाषा'],
      ['مرحبا بالعالم', 'بالعالم', 'مرحبا [بالعالم]'],
      ['הוא גר בתל אביב צה"ל', 'צה"ל', 'הוא גר בתל אביב [צה"ל]'],
      ['안녕하세요 고객님', '안녕', '[안녕하세요] 고객님'],
      ['call ＡＢＣ１２ now', 'abc12', 'call [ＡＢＣ１２] now'],
      ["I don't know", "don't", "I [don't] know"],
      ['call 4155550100', '415', 'call [4155550100]'],
    ])('in %j for %j finds %j', async (text, query, snippet) => {
      await speech.say('a', text, 'something else');
      expect(await speech.snippets(query)).toEqual([snippet]);
    });

    test('finds words and phrases in texts of any length, and words of any length', async () => {
      const long = 'x'.repeat(1000);
      await speech.say('a', `${'又'.repeat(20_000)}東京`, `${'no '.repeat(300)}needle here`, long);
      expect(await speech.texts('又東京')).toHaveLength(1);
      expect(await speech.texts('東又')).toEqual([]);
      expect(await speech.snippets('"no needle here"')).toHaveLength(1);
      expect(await speech.texts('"needle no"')).toEqual([]);
      expect(await speech.texts(long)).toEqual([long]);
      expect(await speech.texts(`"${long}"`)).toEqual([long]);
    });

    test('accepts any text and finds nothing if it has no words', async () => {
      await speech.say('a', 'and or not near');
      for (const query of ['', '   ', '"', '""', '*', '()', '-', '^', 'NEAR(', '\0', '\u202e', '👍', '"*"']) {
        const matches = /near/i.test(query) ? 1 : 0;
        expect(await speech.texts(query), query).toHaveLength(matches);
      }
      expect(await speech.texts('AND OR NOT NEAR')).toHaveLength(1);
      expect(await speech.texts('words:and')).toEqual([]);
      const operators = ['"', '*', '(', ')', '^', ':', '{', '}', '+', '-', "'", '&', '|', '!', '<->', '\\'];
      const anything = fc.oneof(
        fc.string({ unit: 'binary', maxLength: 500 }),
        fc.string({ unit: fc.constantFrom(...operators, ' ', 'AND', 'NEAR', 'a') }),
      );
      await fc.assert(
        fc.asyncProperty(anything, async (query) => {
          const { rows } = await speech.search(query, { said: query });
          expect(Array.isArray(rows)).toBe(true);
        }),
        { numRuns: numRuns * 10 },
      );
    });

    test('finds a text by any sequence of its words and marks the match', async () => {
      const word = fc.constantFrom(
        ..."hello Köln 東京都 ОРДЕР สวัสดี don't 3.14 हिन्दी ＡＢＣ ΟΔΟΣ [x] ﬁne".split(' '),
      );
      await fc.assert(
        fc.asyncProperty(
          fc.array(word, { minLength: 1, maxLength: 40 }),
          fc.nat(),
          fc.integer({ min: 1, max: 4 }),
          fc.boolean(),
          async (words, from, length, isPhrase) => {
            const text = words.join(' ');
            await speech.say('a', text);
            const excerpt = words.slice(from % words.length, (from % words.length) + length).join(' ');
            // The newest one is the first.
            const [snippet] = await speech.snippets(isPhrase ? `"${excerpt}"` : excerpt);
            expect(snippet).toMatch(/\[[^[\]]+\]/);
            const shown = snippet!.replaceAll(/[[\]…]/g, '');
            expect(text.replaceAll('[', '(').replaceAll(']', ')')).toContain(shown);
          },
        ),
        { numRuns: numRuns * 10 },
      );
    });

    test('returns the newest matches first, page by page, while utterances are added', async () => {
      await speech.say('a', 'a word 1', 'a word 2', 'a word 3', 'a word 4');
      const first = await speech.search('word', {}, { limit: 2, backward: false });
      await speech.say('a', 'a word 5');
      const last = first.rows[1]!.utterance;
      const after = { key: last.position, id: last.utterance.id };
      const second = await speech.search('word', {}, { limit: 2, backward: false, after });
      const numbers = [first, second].map(({ rows }) =>
        rows.map(({ utterance }) => utterance.utterance.text.at(-1)),
      );
      expect(numbers).toEqual([
        ['4', '3'],
        ['2', '1'],
      ]);
      expect([first.more, second.more]).toEqual([true, false]);
    });

    test('is limited to the calls of its filter', async () => {
      await speech.say('one', 'hello here');
      await speech.end('one');
      await speech.say('two', 'hello there');
      expect(await speech.texts('hello', {})).toEqual(['hello there', 'hello here']);
      expect(await speech.texts('hello', { live: true })).toEqual(['hello there']);
      expect(await speech.texts('hello', { live: false })).toEqual(['hello here']);
      expect(await speech.texts('hello', { said: 'there' })).toEqual(['hello there']);
      expect(await speech.texts('hello', { said: '…' })).toEqual([]);
      expect(await speech.texts('hello', { said: '' })).toEqual([]);
    });

    test('finds the new text of a revision, and not the old one', async () => {
      const [id, mute] = await speech.say('a', 'recognise speech', '…');
      await speech.revise('a', id!, 'wreck a nice beach');
      await speech.revise('a', mute!, 'said at last');
      await speech.revise('a', 'utt_unknown' as never, 'nice');
      expect([await speech.texts('recognise'), await speech.callsThatSay('speech')]).toEqual([[], []]);
      expect(await speech.snippets('nice')).toEqual(['wreck a [nice] beach']);
      expect([await speech.snippets('last'), await speech.callsThatSay('beach')]).toEqual([
        ['said at [last]'],
        ['a'],
      ]);
      await speech.revise('a', mute!, '…');
      expect(await speech.texts('last')).toEqual([]);
    });

    test('finds nothing of a call that was erased, or whose transcript was removed', async () => {
      for (const name of ['a', 'b', 'c']) {
        await speech.say(name, `hello ${name}`, 'hello again');
        await speech.end(name);
      }
      const { ledger } = speech.store;
      await ledger.erase(callIdOf('a'), 10_000);
      const work = { rows: 100, at: 10_000, reason: 'AGE', kind: 'TRANSCRIPT' } as const;
      await ledger.retention.prune({ ...work, callIds: [callIdOf('b')] });
      expect(await speech.texts('hello')).toEqual(['hello again', 'hello c']);
      expect(await speech.callsThatSay('hello')).toEqual(['c']);
    });
  });

  test('the filter `said` selects calls with one utterance that contains all words', async () => {
    const speech = new Speech(await open());
    await speech.say('two', 'please cancel', 'the order');
    await speech.say('three', 'cancel the order');
    expect(await speech.callsThatSay('cancel')).toEqual(['three', 'two']);
    expect(await speech.callsThatSay('cancel order')).toEqual(['three']);
    expect(await speech.callsThatSay('…')).toEqual([]);
  });

  test('searches of any text find the same in the same order, with the same snippets and pages', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyText, { minLength: 10, maxLength: 40 }),
        fc.array(anyQuery, { minLength: 5, maxLength: 20 }),
        fc.integer({ min: 1, max: 3 }),
        async (texts, queries, limit) => {
          const seen = [];
          for (const each of [reference, open]) {
            const speech = new Speech(await each());
            for (const name of ['a', 'b', 'c'])
              await speech.say(name, ...texts.slice(name.codePointAt(0)! - 97));
            const answers = [];
            for (const query of queries)
              answers.push([
                await readPages(speech, query, limit),
                await speech.callsThatSay(query),
                await speech.texts(query, { said: queries[0]!, live: true }),
              ]);
            seen.push(answers);
          }
          expect(seen[1]).toEqual(seen[0]);
        },
      ),
      { numRuns },
    );
  });
}

/** Reads up to three pages. */
async function readPages(speech: Speech, query: string, limit: number) {
  const pages = [];
  let page: PageRequest = { limit, backward: false };
  while (pages.length < 3) {
    const { rows, more } = await speech.search(query, {}, page);
    pages.push(rows.map(({ utterance, snippet }) => [utterance.position, utterance.utterance, snippet]));
    const last = rows.at(-1);
    if (!more || !last) break;
    page = { ...page, after: { key: last.utterance.position, id: last.utterance.utterance.id } };
  }
  return pages;
}
