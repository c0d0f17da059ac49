import Sqlite from 'better-sqlite3';
import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { searchTerms } from '../../../src/store/search/query.ts';
import { snippetOf } from '../../../src/store/search/snippet.ts';
import { indexText, MAX_INDEXED_CHARACTERS, storedTokens } from '../../../src/store/search/tokenizer.ts';

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc.string({
    unit: fc.constantFrom(
      'a',
      'É',
      'ß',
      'Σ',
      'ﬁ',
      '١',
      '東',
      '京',
      'ก',
      'า',
      'ि',
      '"',
      "'",
      '*',
      '(',
      ')',
      ':',
      '-',
      '^',
      ' ',
      '\0',
      '\u202e',
      '\ud800',
      'ｶ',
      'ﾞ',
      '👩‍👩‍👧',
    ),
  }),
);

describe('the indexed text', () => {
  test('has single spaces between words, for any text', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const indexed = indexText(text);
        expect(indexed).toBe(indexed.trim());
        expect(indexed).not.toMatch(/\s\s/u);
      }),
    );
  });

  test('does not change when it is indexed again', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(indexText(indexText(text))).toBe(indexText(text));
      }),
      { numRuns: 1000 },
    );
  });

  test.each([
    ['Hello, WORLD!', 'hello world'],
    ['Straße  ΟΔΟΣ', 'straße οδος'],
    ['ﬁne ｆｕｌｌ', 'fine full'],
    ['私は東京Towerへ', '私 は 東 京 tower へ'],
    ['ｶﾞｽ', 'ガ ス'],
    ['我们在北京', '我 们 在 北 京'],
    ['สวัสดีครับ', 'ส วั ส ดี ค รั บ'],
    ['हिन्दी भाषा', 'हिन्दी भाषा'],
    ['مرحبا بالعالم', 'مرحبا بالعالم'],
    ['soft\u00adhyphen \u200fמילה', 'softhyphen מילה'],
    ['+1 415-555', '1 415 555'],
    ["don't pay 3.14 a.b.c", "don't pay 3.14 a.b.c"],
    ['SK텔레콤 3월', 'sk 텔레콤 3 월'],
    ['ซื้อiPhone', 'ซื้ อ iphone'],
    ['ភាសាខ្មែរ', 'ភា សា ខ្ មែ រ'],
    ['น\u0e49ำ', 'น\u0e49\u0e4d า'],
    ['👨‍👩‍👧 🇩🇪', ''],
    ['... ?! \u0000 \u202e', ''],
  ])('of %j is %j', (text, indexed) => {
    expect(indexText(text)).toBe(indexed);
  });
});

describe('a long text', () => {
  const SCRIPTS = [
    ['words', 'hello wonderful world '],
    ['one word', 'abcdefghij'],
    ['joined emoji', '👨‍👩‍👧'],
    ['endless joiners', '👩\u200d'],
    ['flags', '🇩🇪'],
    ['Thai', 'สวัสดีครับ'],
    ['Khmer', 'សួស្តី'],
    ['Chinese', '今天天气很好'],
    ['Japanese', 'カタカナとかな'],
    ['Devanagari', 'नमस्ते दुनिया '],
    ['Korean', '안녕하세요'],
    ['mixed', "abc今天นี่नम😀don't 3.14 "],
    ['Arabic ligatures', 'ﷺ'],
    ['squared words', '㌖'],
    ['unsorted marks', '\u0301\u0316'],
    ['line breaks', '\r\n'],
  ] as const;

  afterEach(() => void vi.restoreAllMocks());

  /** Texts handed to the segmenter of ICU, which takes quadratic time in some Node releases. */
  const segmented = (): readonly number[] => {
    const lengths: number[] = [];
    const { segment } = Intl.Segmenter.prototype;
    vi.spyOn(Intl.Segmenter.prototype, 'segment').mockImplementation(function (this: Intl.Segmenter, text) {
      lengths.push(text.length);
      return segment.call(this, text);
    });
    return lengths;
  };

  test.each(SCRIPTS)('of %s is indexed without the segmenter and up to a limit', (_script, unit) => {
    const lengths = segmented();
    const text = unit.repeat(Math.ceil((300 * 1024) / unit.length));
    const indexed = indexText(text).replaceAll(' ', '');
    expect(indexed.length).toBeLessThanOrEqual(MAX_INDEXED_CHARACTERS);
    expect(lengths).toEqual([]);
  });

  test.each(SCRIPTS)('of %s is cut for a snippet with small pieces', (_script, unit) => {
    const lengths = segmented();
    const text = `${unit.repeat(2000)} needle ${unit.repeat(2000)}`;
    expect(snippetOf(text, searchTerms('needle'))).toContain('[needle]');
    for (const length of lengths) expect(length).toBeLessThanOrEqual(160);
  });

  test('of one word is split into words of bounded length', () => {
    const longest = Math.max(
      ...indexText('x'.repeat(30_000))
        .split(' ')
        .map((word) => word.length),
    );
    expect(longest).toBe(1025);
  });

  test('keeps all words of an utterance of the largest size', () => {
    const text = Array.from({ length: 2300 }, (_, i) => `word${i}`)
      .join(' ')
      .slice(0, 16 * 1024);
    expect(indexText(text)).toBe(text);
  });
});

test('tokens are those that FTS5 stores, in their order', () => {
  const sqlite = new Sqlite(':memory:');
  sqlite.exec(`
    create virtual table texts using fts5(
      words, content='', tokenize="unicode61 remove_diacritics 2 categories 'L* N* Co Mn Mc'");
    create virtual table stored using fts5vocab(texts, instance)`);
  const write = sqlite.prepare<[string]>('insert into texts (words) values (?)');
  const read = sqlite.prepare<[], string>('select term from stored order by offset').pluck();
  const clear = sqlite.prepare("insert into texts (texts) values ('delete-all')");
  // Each character, within a word of its own: letters of all scripts, with their marks.
  const characters = Array.from({ length: 0x3100 }, (_, code) => `a${String.fromCodePoint(code)}b`).filter(
    // An enclosing mark that FTS5 takes for another one.
    (word) => !word.includes('\u1ABE'),
  );
  for (const text of [characters.join(' '), ...fc.sample(anyText, 300)]) {
    write.run(indexText(text));
    expect(storedTokens(text)).toEqual(read.all());
    clear.run();
  }
  sqlite.close();
});
