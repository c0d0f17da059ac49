import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { comparableWords, missingUtterances, type SpokenText } from '@sidetone/core';

const same = (...texts: string[]): void => {
  const [first, ...others] = texts.map((text) => comparableWords(text).join(' '));
  for (const other of others) expect(other).toBe(first);
};

describe('comparableWords writes alike', () => {
  test.each([
    ['a number', ['25', 'twenty-five', 'twenty five', 'two five']],
    ['hundreds', ['105', 'one hundred and five', 'a hundred five', 'one hundred five']],
    ['thousands', ['1,000', '1000', 'one thousand', 'a thousand']],
    [
      'large numbers',
      ['1,234,567', 'one million two hundred thirty four thousand five hundred and sixty seven'],
    ],
    ['a scale after digits', ['5 million', 'five million', '5,000,000']],
    ['a decimal scale', ['$1.5 million', 'one point five million dollars', '1.5 million']],
    ['decimals', ['3.14', 'three point one four', 'three point fourteen']],
    ['Indian scales', ['2,50,000', 'two lakh fifty thousand']],
    ['money', ['$25.50', 'twenty five dollars and fifty cents', '25 dollars 50', 'twenty five fifty']],
    ['whole money', ['$25.00', '$25', 'twenty-five dollars', '25 bucks']],
    ['other money', ['£3.20', 'three pounds twenty', '3 pounds 20 pence']],
    ['percentages', ['50%', 'fifty percent', '50 per cent']],
    ['times', ['at 9 am', 'at nine a m', 'at 9 a.m.', 'at 9:00 am', 'at 9am', 'at nine AM']],
    ['minutes', ['3:30', 'three thirty', '3.30']],
    ['small minutes', ['3:05 pm', 'three oh five p m', '3:05 p.m.', 'three o five pm']],
    ['full hours', ["nine o'clock", '9 o’clock', 'nine o clock', '9:00']],
    ['a range of times', ['We are open from 9 am to 5 pm.', 'we are open from nine a m to five p m']],
    [
      'telephone numbers',
      [
        '555-0142',
        '(555) 0142',
        'five five five zero one four two',
        'five five five, oh one four two',
        'triple five zero one forty-two',
        'five double five zero one four two',
      ],
    ],
    ['international numbers', ['+1 500 555 0006', 'one five oh oh five five five triple zero six']],
    ['years', ['2026', 'twenty twenty six', 'two thousand twenty-six', 'two thousand and twenty six']],
    ['older years', ['1999', 'nineteen ninety-nine']],
    ['years with a zero', ['1905', 'nineteen oh five']],
    ['ordinals', ['the 1st of May', 'the first of may']],
    ['larger ordinals', ['the 21st floor', 'the twenty-first floor', 'the twenty first floor']],
    ['hundredth', ['the 100th call', 'the one hundredth call']],
    ['seconds', ['wait 1 second', 'wait one second']],
    ['lists', ['1, 2 and 3', 'one two and three', 'one, two, three']],
    ['other digits', ['२५', '25', '٢٥', '２５']],
    ['double oh', ['007', 'double oh seven', 'zero zero seven']],
  ])('%s', (_what, texts) => {
    same(...texts);
  });

  test.each([
    ['twenty five', 'twenty four'],
    ['five five five zero one four two', '555-0143'],
    ['one hundred five', 'one hundred fifteen'],
    ['9 am', '9 pm'],
    ['a million', 'a thousand'],
    ['the first', 'the second'],
    ['hundreds of people', '100 people'],
  ])('not %s and %s', (a, b) => {
    expect(comparableWords(a)).not.toEqual(comparableWords(b));
  });

  test('texts without numerals as they are', () => {
    const text = 'I am a teacher, and oh, the point is clear: pounds of o negative at a m';
    expect(comparableWords(text).join(' ')).toBe(
      'i am a teacher and oh the point is clear pounds of o negative at a m',
    );
    expect(comparableWords('👋')).toEqual(['👋']);
    expect(comparableWords('')).toEqual([]);
    expect(comparableWords('a hundred and')).toEqual(['1', '0', '0', 'and']);
  });

  test('any number and its digits one by one', () => {
    const names = 'zero one two three four five six seven eight nine'.split(' ');
    fc.assert(
      fc.property(fc.array(fc.nat(9), { minLength: 1, maxLength: 12 }), (digits) => {
        same(digits.join(''), digits.map((digit) => names[digit]).join(' '), digits.join(' '));
      }),
    );
  });

  test('any text without an error, in a bounded number of words', () => {
    const word = fc.constantFrom(
      ...'five hundred million and a point oh double 7 12 3pm o clock dollars th second m % 1,000'.split(' '),
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(word, fc.string()), { maxLength: 40 }), (words) => {
        const text = words.join(' ');
        expect(comparableWords(text).length).toBeLessThanOrEqual(4 * text.length + 16);
      }),
    );
  });
});

describe('a report', () => {
  const said = (...texts: string[]): SpokenText[] => texts.map((text) => ({ party: 'CUSTOMER', text }));
  const missing = (known: string[], reported: string[]): string[] =>
    missingUtterances(said(...known), said(...reported)).map(({ text }) => text);

  test('does not repeat an utterance whose numbers are written differently', () => {
    expect(missing(['five five five zero one four two'], ['555-0142.'])).toEqual([]);
    expect(missing(['from nine a m to five p m'], ['From 9 am to 5 pm.'])).toEqual([]);
    expect(missing(['twenty five dollars and fifty cents'], ['$25.50'])).toEqual([]);
    expect(missing(['$25.50'], ['twenty five dollars and fifty cents'])).toEqual([]);
  });

  test('may split or join a number', () => {
    expect(missing(['five five five', 'zero one four two'], ['555-0142.'])).toEqual([]);
    expect(missing(['555-0142'], ['Five five five.', 'Zero one four two.'])).toEqual([]);
  });

  test('adds an utterance with another number', () => {
    expect(missing(['my number is 9876543210'], ['My number is 5556047921.'])).toHaveLength(1);
    expect(missing(['5551234', '5550142'], ['5551234', '5550142', '4442019'])).toEqual(['4442019']);
  });

  test('still compares a number with a misheard digit', () => {
    expect(missing(['my number is 5550142987'], ['My number is 5550142988.'])).toEqual([]);
  });
});
