import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { searchWords } from '../../src/store/tokenizer.ts';

const anything = fc.oneof(
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

describe('the words of a text', () => {
  test('are there for every text, one blank apart', () => {
    fc.assert(
      fc.property(anything, (text) => {
        const words = searchWords(text);
        expect(words).toBe(words.trim());
        expect(words).not.toMatch(/\s\s/u);
      }),
    );
  });

  test('are the same when they are prepared again', () => {
    fc.assert(
      fc.property(anything, (text) => {
        expect(searchWords(searchWords(text))).toBe(searchWords(text));
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
    ['... ?! \u0000 \u202e', ''],
  ])('of %j are %j', (text, words) => {
    expect(searchWords(text)).toBe(words);
  });
});
