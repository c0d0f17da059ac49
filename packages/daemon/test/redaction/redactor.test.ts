/** What is redacted in a text, and what is not: generated numbers with valid and invalid check digits. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { passesLuhn, passesVerhoeff } from '../../src/redaction/check-digits.ts';
import { REDACTED_KINDS, type RedactedKind } from '../../src/redaction/detectors.ts';
import { compilePatterns } from '../../src/redaction/patterns.ts';
import { createRedactor } from '../../src/redaction/redactor.ts';

const redactorOf = (...kinds: RedactedKind[]) => createRedactor({ kinds, patterns: [], country: 'IN' });
const digits = (length: number) =>
  fc
    .array(fc.integer({ min: 0, max: 9 }), { minLength: length, maxLength: length })
    .map((all) => all.join(''));
/** Completes digits with the check digit of an algorithm. */
const completed = (body: string, passes: (digits: string) => boolean): string =>
  '0123456789'
    .split('')
    .map((digit) => body + digit)
    .find((each) => passes(each))!;

const card = fc
  .constantFrom(
    ['4', 13],
    ['4', 16],
    ['4', 19],
    ['51', 16],
    ['2221', 16],
    ['37', 15],
    ['36', 14],
    ['35', 16],
    ['65', 16],
    ['81', 16],
  )
  .chain(([beginning, length]) =>
    digits(length - beginning.length - 1).map((rest) => completed(`${beginning}${rest}`, passesLuhn)),
  );
const aadhaar = fc
  .tuple(fc.integer({ min: 2, max: 9 }), digits(10))
  .map(([first, rest]) => completed(`${first}${rest}`, passesVerhoeff));
const WORDS = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];
/** Notations of the same digits. */
const NOTATIONS: readonly ((digits: string) => string)[] = [
  (all) => all,
  (all) => all.replaceAll(/(.{4})(?=.)/g, '$1 '),
  (all) => all.replaceAll(/(.{4})(?=.)/g, '$1-'),
  (all) => all.split('').join(' '),
  (all) => all.split('').join(', '),
  (all) =>
    all
      .split('')
      .map((digit) => WORDS[Number(digit)])
      .join(' '),
  (all) =>
    all
      .split('')
      .map((digit) => String.fromCodePoint(0x966 + Number(digit)))
      .join(''),
];
const notation = fc.constantFrom(...NOTATIONS);
const around = fc.constantFrom(
  ['', ''],
  ['my number is ', '.'],
  ['(', ')'],
  ['call 42: ', ', thanks'],
  ['मेरा नंबर ', ' है'],
);

describe('a card number', () => {
  test('is found in every notation, whatever is around it', () => {
    const { text } = redactorOf('card');
    fc.assert(
      fc.property(card, notation, around, (number, write, [before, after]) => {
        expect(text(`${before}${write(number)}${after}`)).toBe(`${before}[card number]${after}`);
      }),
    );
  });

  test('with a wrong check digit is not redacted', () => {
    const { text } = redactorOf('card');
    fc.assert(
      fc.property(card, fc.integer({ min: 1, max: 9 }), (number, difference) => {
        const wrong = number.slice(0, -1) + String((Number(number.at(-1)) + difference) % 10);
        expect(text(`order ${wrong}`)).toBe(`order ${wrong}`);
      }),
    );
  });

  test.each([
    'order 4111111111111112',
    'order 1234 5678 9012 3456',
    'ref 1700000000000 at 12:30',
    'AB4111111111111111',
    'cus_4242424242424242',
    '41111111111111111234567',
    'f47ac10b-58cc-4372-a567-0e02b2c3d479',
    'one two three',
  ])('is not found in %j', (given) => {
    expect(redactorOf('card').text(given)).toBe(given);
  });

  test('is found as it is spoken, and beside other digits', () => {
    const { text } = redactorOf('card');
    expect(text('four triple one double one double one double one double one double one double one')).toBe(
      '[card number]',
    );
    expect(text('expires 12 25, 4111 1111 1111 1111, code 123')).toMatch(/^expires 12 25, \[card number\]/);
  });

  test('that grows in partials is replaced before it is complete', () => {
    const { partial, text } = redactorOf('card');
    expect(partial('it is 4111 1111 11')).toBe('it is [number]');
    expect(partial('it is 4111 1111 1111 1111')).toBe('it is [card number]');
    expect([partial('call 1234567'), text('it is 4111 1111 11')]).toEqual([
      'call 1234567',
      'it is 4111 1111 11',
    ]);
    expect(redactorOf('email').partial('it is 4111 1111 11')).toBe('it is 4111 1111 11');
  });
});

describe('an Aadhaar number', () => {
  test('is found in every notation', () => {
    const { text } = redactorOf('aadhaar');
    fc.assert(
      fc.property(aadhaar, notation, around, (number, write, [before, after]) => {
        expect(text(`${before}${write(number)}${after}`)).toBe(`${before}[aadhaar]${after}`);
      }),
    );
  });

  test('with a wrong digit, or two that are exchanged, is not redacted', () => {
    const { text } = redactorOf('aadhaar');
    fc.assert(
      fc.property(aadhaar, fc.integer({ min: 1, max: 10 }), (number, at) => {
        const [a, b] = [number[at]!, number[at + 1]!];
        fc.pre(a !== b);
        const exchanged = number.slice(0, at) + b + a + number.slice(at + 2);
        expect(text(exchanged)).toBe(exchanged);
      }),
    );
    expect(text('call +919876543210')).toBe('call +919876543210');
  });
});

test.each([
  ['pan', 'my PAN is ABCPE1234F.', 'my PAN is [pan].'],
  ['pan', 'a b c p e 1 2 3 4 f', '[pan]'],
  ['pan', 'hello 1234 a', 'hello 1234 a'],
  ['pan', 'ABCXE1234F', 'ABCXE1234F'],
  ['email', 'write to ada.l+x@mail.example.co.in, please', 'write to [e-mail], please'],
  ['email', 'a@b and @home', 'a@b and @home'],
  ['phone', 'call +1 (415) 555-2671 now', 'call [phone number] now'],
  ['phone', 'my number is 98765 43210', 'my number is [phone number]'],
  ['phone', 'it is nine eight seven six five four three two one zero', 'it is [phone number]'],
  ['phone', 'order 12345678', 'order 12345678'],
] as const)('%s: %j becomes %j', (kind, given, expected) => {
  expect(redactorOf(kind).text(given)).toBe(expected);
});

test('what several kinds find is replaced once, and a value at any depth', () => {
  const { value } = redactorOf(...REDACTED_KINDS);
  const given = { a: ['4111111111111111', { b: 4_111_111_111_111_111 }], c: 'x@example.com', d: 5, e: null };
  expect(value(given)).toEqual({
    a: ['[card number]', { b: '[card number]' }],
    c: '[e-mail]',
    d: 5,
    e: null,
  });
  const clean = { a: ['nothing', 12] };
  expect(value(clean)).toBe(clean);
});

test('takes work in proportion to the length of hostile texts', () => {
  const { text } = redactorOf(...REDACTED_KINDS);
  for (const part of ['1 ', 'a@', '+', 'four ', 'a.', '4111', 'A ', '\u0966'])
    expect(text(part.repeat(20_000)).length).toBeGreaterThan(0);
});

describe('patterns of the operator', () => {
  test('replace what they find by their name', async () => {
    const patterns = await compilePatterns(
      [{ name: 'policy', pattern: '(?i)pol-\\d{6}' }],
      'redaction.patterns',
    );
    expect(createRedactor({ kinds: ['card'], patterns }).text('POL-123456 and pol-1')).toBe(
      '[policy] and pol-1',
    );
  });

  test('match in linear time what takes a backtracking engine for ever', async () => {
    const patterns = await compilePatterns([{ name: 'x', pattern: '(a+)+$' }], 'redaction.patterns');
    const given = `${'a'.repeat(5000)}b`;
    expect(createRedactor({ kinds: [], patterns }).text(given)).toBe(given);
  });

  test.each([
    ['(', /redaction\.patterns\.0\.pattern: expected a regular expression of RE2/],
    ['(?=a)', /expected a regular expression of RE2/],
    ['a*', /expected a pattern that does not match the empty text/],
  ])('are rejected: %s', async (pattern, message) => {
    await expect(compilePatterns([{ name: 'x', pattern }], 'redaction.patterns')).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringMatching(message),
    });
  });
});
