import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { indexText } from '../../../src/store/search/tokenizer.ts';

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
    ['... ?! \u0000 \u202e', ''],
  ])('of %j is %j', (text, indexed) => {
    expect(indexText(text)).toBe(indexed);
  });
});
