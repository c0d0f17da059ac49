import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { missingWords, wordsOf, type Words } from '@sidetone/core';

const customer = (...texts: string[]): Words[] => texts.map((text) => ({ party: 'CUSTOMER', text }));
const textsOf = (words: readonly Words[]): string[] => words.map(({ text }) => text);
const missing = (heard: string[], reported: string[]): string[] =>
  textsOf(missingWords(customer(...heard), customer(...reported)));

describe('an utterance of a report', () => {
  test('is missing when nobody heard it', () => {
    expect(missing(['hello there', 'bye'], ['Hello there.', 'I want a pizza', 'Bye!'])).toEqual([
      'I want a pizza',
    ]);
  });

  test('is not missing because the report puts several together, or cuts them elsewhere', () => {
    expect(missing(['hello', 'I am Ana', 'how are you'], ['Hello, I am Ana.', 'How are', 'you?'])).toEqual(
      [],
    );
  });

  test('is not missing because a word is spelled in another way', () => {
    expect(missing(['my number is twenty three'], ['My number is 23 twenty three'])).toEqual([]);
  });

  test('that was said twice and heard once is missing once', () => {
    expect(missing(['yes'], ['yes', 'yes'])).toEqual(['yes']);
  });

  test('made of words that were said elsewhere, in another order, is missing', () => {
    expect(
      missing(['I do not know what you mean, yes'], ['I do not know what you mean, yes', 'yes I do']),
    ).toEqual(['yes I do']);
  });

  test('is missing when it was the other party who said it', () => {
    const heard: Words[] = [{ party: 'ASSISTANT', text: 'hello' }];
    expect(textsOf(missingWords(heard, customer('hello')))).toEqual(['hello']);
  });

  test('is compared sign by sign where there are no blanks, and whole where there are no words', () => {
    expect(missing(['你好，我想订一张票'], ['我想订一张票'])).toEqual([]);
    expect(missing(['👋'], ['👋', '🙏'])).toEqual(['🙏']);
  });
});

test('words are compared without case, punctuation and composition', () => {
  expect(wordsOf('Ça va? ¡Sí!')).toEqual(wordsOf('C\u0327A VA si\u0301'));
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

test('whatever part of a story was heard, the report completes it, and completes it only once', () => {
  const story = fc.array(fc.tuple(utterance, fc.boolean()), { maxLength: 30 });
  fc.assert(
    fc.property(story, (said) => {
      const reported = said.map(([text], at) => ({ party: 'CUSTOMER', text, at }) as const);
      const heard = reported.filter(({ at }) => said[at]![1]);
      const whole = [...heard, ...missingWords(heard, reported)].toSorted((a, b) => a.at - b.at);
      expect(textsOf(whole).toSorted()).toEqual(textsOf(reported).toSorted());
      expect(missingWords(whole, reported)).toHaveLength(0);
    }),
  );
});

describe('a call of thousands of words', () => {
  const texts = Array.from({ length: 900 }, (_, i) => `sentence number ${i} of many`);

  test('is completed by the very words that are missing', () => {
    const lost = new Set([0, 17, 18, 450, 899]);
    expect(
      missing(
        texts.filter((_, i) => !lost.has(i)),
        texts,
      ),
    ).toEqual(texts.filter((_, i) => lost.has(i)));
  });

  test('of which nothing was heard is taken whole', () => {
    expect(missing([], texts)).toEqual(texts);
  });

  test('that differs in more than can be compared in order is compared without it', () => {
    const other = Array.from({ length: 900 }, (_, i) => `a${i} b${i} c${i}`);
    expect(missing([...texts, 'a0 b0 c0'], other)).toEqual(other.slice(1));
  });
});
