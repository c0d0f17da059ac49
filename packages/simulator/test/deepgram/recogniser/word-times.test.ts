import { describe, expect, it } from 'vitest';
import { withoutPunctuation, estimateWordTimes } from '../../../src/deepgram/recogniser/word-times.ts';
import { sine } from '../../support/signal.ts';
import { PHRASES, joined, silence } from '../../support/spoken.ts';

describe('estimateWordTimes', () => {
  it('returns consecutive times up to the end, for every recording', () => {
    for (const { words, hops, text } of PHRASES) {
      expect(words.map(({ punctuated }) => punctuated).join(' ')).toBe(text);
      expect([words[0]?.from, words.at(-1)?.to]).toEqual([0, hops]);
      for (const [index, { from, to }] of words.entries()) {
        expect(to).toBeGreaterThan(from);
        expect(from).toBeGreaterThanOrEqual(words[index - 1]?.to ?? 0);
      }
    }
  });

  it('gives a long word more time than a short one', () => {
    const [first, second] = estimateWordTimes('a supervisor', sine(300, 16_000));
    expect((second?.to ?? 0) - (second?.from ?? 0)).toBeGreaterThan(
      3 * ((first?.to ?? 0) - (first?.from ?? 0)),
    );
  });

  it('leaves pauses between words', () => {
    const sound = joined(sine(300, 4_800), silence(200), sine(300, 4_800));
    expect(estimateWordTimes('four four', sound)).toMatchObject([
      { from: 0, to: 30 },
      { from: 40, to: 70 },
    ]);
  });

  it.each([
    ['Plumbing.', 'plumbing'],
    ["won't", "won't"],
    ["o'clock", "o'clock"],
    ['«Oui»,', 'oui'],
    ['—', ''],
  ])('removes the punctuation of %s: %s', (written, word) => {
    expect(withoutPunctuation(written)).toBe(word);
  });
});
