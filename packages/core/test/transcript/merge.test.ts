import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { missingUtterances, splitWords, type SpokenText } from '@sidetone/core';
import { alignWords } from '../../src/transcript/alignment.ts';

const customer = (...texts: string[]): SpokenText[] => texts.map((text) => ({ party: 'CUSTOMER', text }));
const textsOf = (utterances: readonly SpokenText[]): string[] => utterances.map(({ text }) => text);
const missing = (known: string[], reported: string[]): string[] =>
  textsOf(missingUtterances(customer(...known), customer(...reported)));

describe('missingUtterances', () => {
  test('returns an utterance that is not known', () => {
    expect(missing(['hello there', 'bye'], ['Hello there.', 'I want a pizza', 'Bye!'])).toEqual([
      'I want a pizza',
    ]);
  });

  test('ignores that the report joins or splits utterances', () => {
    expect(missing(['hello', 'I am Ana', 'how are you'], ['Hello, I am Ana.', 'How are', 'you?'])).toEqual(
      [],
    );
  });

  test('ignores that a word is spelled differently', () => {
    expect(missing(['my name is anna smith'], ['My name is Ana Smith.'])).toEqual([]);
  });

  test('returns a repeated utterance as often as it is missing', () => {
    expect(missing(['yes'], ['yes', 'yes'])).toEqual(['yes']);
  });

  test('returns an utterance whose words are known only from elsewhere in another order', () => {
    expect(
      missing(['I do not know what you mean, yes'], ['I do not know what you mean, yes', 'yes I do']),
    ).toEqual(['yes I do']);
  });

  test('returns an utterance that is only known from the other party', () => {
    const known: SpokenText[] = [{ party: 'ASSISTANT', text: 'hello' }];
    expect(textsOf(missingUtterances(known, customer('hello')))).toEqual(['hello']);
  });

  test('compares characters of scripts without spaces, and texts without words as a whole', () => {
    expect(missing(['你好，我想订一张票'], ['我想订一张票'])).toEqual([]);
    expect(missing(['👋'], ['👋', '🙏'])).toEqual(['🙏']);
  });
});

test('splitWords ignores case, punctuation and Unicode composition', () => {
  expect(splitWords('Ça va? ¡Sí!')).toEqual(splitWords('C\u0327A VA si\u0301'));
});

const utterance = fc.constantFrom(
  'yes',
  'no',
  'hello there',
  'my number is five',
  'I want a pizza',
  'thank you',
  'bye',
);

describe('splitWords of a hostile text', () => {
  test('does not sort long runs of marks, and does not grow with phrases in one character', () => {
    expect(splitWords(`a${'\u0301\u0316'.repeat(5000)}`)[0]!.length).toBeLessThanOrEqual(31);
    expect(splitWords('ﷺ'.repeat(5000)).join('').length).toBeLessThanOrEqual(5256);
    expect(splitWords('㌖'.repeat(5000)).length).toBeLessThanOrEqual(5256);
  });

  test('keeps one phrase in one character', () => {
    expect(splitWords('محمد ﷺ')).toHaveLength(2);
    expect(splitWords('㌖')).toEqual(['キ', 'ロ', 'メ', 'ートル']);
  });
});

test('completes any partial transcript, and has nothing to add afterwards', () => {
  const conversation = fc.array(fc.tuple(utterance, fc.boolean()), { maxLength: 30 });
  fc.assert(
    fc.property(conversation, (said) => {
      const reported = said.map(([text], at) => ({ party: 'CUSTOMER', text, at }) as const);
      const known = reported.filter(({ at }) => said[at]![1]);
      const whole = [...known, ...missingUtterances(known, reported)].toSorted((a, b) => a.at - b.at);
      expect(textsOf(whole).toSorted()).toEqual(textsOf(reported).toSorted());
      expect(missingUtterances(whole, reported)).toHaveLength(0);
    }),
  );
});

describe('for a transcript of thousands of words', () => {
  const texts = Array.from({ length: 900 }, (_, i) => `sentence number ${i} of many`);

  test('returns exactly the missing utterances', () => {
    const lost = new Set([0, 17, 18, 450, 899]);
    expect(
      missing(
        texts.filter((_, i) => !lost.has(i)),
        texts,
      ),
    ).toEqual(texts.filter((_, i) => lost.has(i)));
  });

  test('returns everything if nothing is known', () => {
    expect(missing([], texts)).toEqual(texts);
  });

  test('compares words without order if the difference is too large', () => {
    const other = Array.from({ length: 900 }, (_, i) => `a${i} b${i} c${i}`);
    expect(missing([...texts, 'a0 b0 c0'], other)).toEqual(other.slice(1));
  });
});

describe('for a transcript of hundreds of thousands of characters', () => {
  const texts = Array.from({ length: 3000 }, (_, i) => `Sentence ${i}, ${'spoken for hours '.repeat(5)}`);

  test('returns the utterances whose whole text is not known, regardless of case', () => {
    const lost = new Set([0, 1500, 2999]);
    const known = texts.filter((_, i) => !lost.has(i)).map((text) => text.toUpperCase());
    expect(missing(known, texts)).toEqual(texts.filter((_, i) => lost.has(i)));
  });

  test('returns a repeated utterance as often as it is missing, and no blank one', () => {
    expect(missing([...texts, 'yes'], [...texts, 'yes', 'yes', ' '])).toEqual(['yes']);
  });

  test('does not compare words', () => {
    expect(missing(texts, ['Sentence 1, spoken'])).toEqual(['Sentence 1, spoken']);
    expect(missing(texts.slice(0, 100), ['Sentence 1, spoken'])).toEqual([]);
  });
});

describe('the work for a long report', () => {
  const lines = (count: number, party: 'CUSTOMER' | 'ASSISTANT' = 'CUSTOMER'): SpokenText[] =>
    Array.from({ length: count }, (_, i) => ({ party, text: `line ${i}` }));

  test('of a party of which nothing is known is one look at each text', () => {
    let reads = 0;
    const reported = lines(5000).map(({ party, text }) => ({
      party,
      get text() {
        reads++;
        return text;
      },
    }));
    expect(missingUtterances(lines(3, 'ASSISTANT'), reported)).toHaveLength(5000);
    expect(reads).toBe(5000);
    expect(missingUtterances([], customer('a', ' ', ''))).toEqual(customer('a'));
  });

  test('does not grow with the square if the texts differ much in length', () => {
    let reads = 0;
    const countReads = (words: readonly string[]): readonly string[] =>
      new Proxy(words, {
        get(target, key, receiver) {
          if (typeof key === 'string' && /^\d/.test(key)) reads++;
          return Reflect.get(target, key, receiver) as unknown;
        },
      });
    const words = Array.from({ length: 10_000 }, (_, i) => `w${i}`);
    const known = ['w7', 'x', 'w9', ...Array.from({ length: 2500 }, (_, i) => `x${i}`)];
    const matches = alignWords(countReads(known), countReads(words));
    expect([matches[7], matches[8], matches[9]]).toEqual([0, -1, 2]);
    expect(reads).toBeLessThan(3 * words.length);
  });
});
