import { describe, expect, it, test } from 'vitest';
import { dialledNumber, isCountry, parsePhoneNumber, readNumber } from '@sidetone/plugin-kit';

/** Notations of +918055551234 that contain its country code. */
const INTERNATIONAL = [
  '+918055551234',
  '+91 80 5555 1234',
  '+91-80-5555-1234',
  '+91.80.5555.1234',
  '+91 (80) 5555-1234',
  '+91 (0) 80 5555 1234',
  ' +918055551234\n',
  '++918055551234',
  '00918055551234',
  '0091 80 5555 1234',
  '+00918055551234',
  'tel:+918055551234',
  'tel:+91-80-5555-1234',
  'TEL:+918055551234;phone-context=example.com',
  'tel:08055551234;phone-context=+91',
  'callto:+918055551234',
  'sip:+918055551234@sip.example.com;user=phone',
  'sip:+918055551234:secret@sip.example.com:5061;transport=tls',
  'sips:+918055551234;phone-context=example.com@sip.example.com',
  '"Ana" <sip:+918055551234@sip.example.com>;tag=4',
  'sip:%2B918055551234@sip.example.com',
  '\u202A+918055551234\u202C',
  '\u200E+91\u200E 80\u2060 5555 1234',
  '\uFEFF+9180\u00AD5555\u200B1234',
  '+91\u00A080\u20115555\u202F1234',
  '\uFF0B\uFF19\uFF11\uFF18\uFF10\uFF15\uFF15\uFF15\uFF15\uFF11\uFF12\uFF13\uFF14',
  '+٩١٨٠٥٥٥٥١٢٣٤',
  '+۹۱۸۰۵۵۵۵۱۲۳۴',
  '+९१ ८० ५५५५ १२३४',
  '+৯১ ৮০ ৫৫৫৫ ১২৩৪',
  '+౯౧౮౦౫౫౫౫౧౨౩౪',
  '+໙໑໘໐໕໕໕໕໑໒໓໔',
  '+𝟡𝟙𝟠𝟘𝟝𝟝𝟝𝟝𝟙𝟚𝟛𝟜',
  '+9\u20E31\u20E38055551234',
  '➕918055551234',
  '+91–80—5555−1234',
  '+91/80/5555/1234',
];

/** Notations of the same number that are certain only with its country. */
const NATIONAL = [
  '08055551234',
  '080 5555 1234',
  '(080) 5555-1234',
  '8055551234',
  '918055551234',
  '०८०५५५५१२३४',
];

describe('parsePhoneNumber', () => {
  it.each(INTERNATIONAL)('reads %j without a country', (text) => {
    expect(parsePhoneNumber(text)).toMatchObject({ e164: '+918055551234', national: '8055551234' });
    expect(parsePhoneNumber(text, 'US')?.e164).toBe('+918055551234');
  });

  it.each(NATIONAL)('reads %j only with its country', (text) => {
    expect(parsePhoneNumber(text)).toBeUndefined();
    expect(parsePhoneNumber(text, 'IN')?.e164).toBe('+918055551234');
  });

  it.each([
    '+91 80 5555 1234 ext. 12',
    '+918055551234x12',
    '+918055551234,,12#',
    '+91 80 5555 1234 #12',
    '+91 80 5555 1234 extension 12',
    'tel:+918055551234;ext=12',
    '+918055551234;ext=12',
  ])('separates the extension of %j', (text) => {
    expect(parsePhoneNumber(text)).toMatchObject({ e164: '+918055551234', extension: '12' });
  });

  it.each([
    '',
    '+',
    'not a number',
    '8012345678',
    '+8012345678',
    '+1',
    '+15551',
    '+999123456789',
    '+1234567890123456789',
    'anonymous',
    'sip:ana@example.net',
    'sip:example.net',
    'sip:1001@pbx.example.net',
    'https://example.net/+918055551234',
    'call +918055551234 now',
    '+9180a5551234',
    '%E0%A4%A',
    `+91${'8'.repeat(1000)}`,
  ])('does not make a number of %j', (text) => {
    expect(parsePhoneNumber(text)).toBeUndefined();
  });

  it('uses the trunk prefix of the country', () => {
    expect(parsePhoneNumber('8 (916) 123-45-67', 'RU')?.e164).toBe('+79161234567');
    expect(parsePhoneNumber('06 698 12345', 'IT')?.e164).toBe('+390669812345');
    expect(parsePhoneNumber('011 91 80 5555 1234', 'US')?.e164).toBe('+918055551234');
  });

  it('does not complete a number that is not valid in the country', () => {
    expect(parsePhoneNumber('14155550199', 'IN')).toBeUndefined();
    expect(parsePhoneNumber('112', 'IN')).toBeUndefined();
  });
});

describe('dialledNumber', () => {
  it.each([
    ['+91 80 5555 1234', '+918055551234'],
    ['415-555-0100', '4155550100'],
    ['1001', '1001'],
    ['sip:1001@pbx.example.net', '1001'],
  ])('turns %j into %s', (text, number) => {
    expect(dialledNumber(text)).toEqual({ number });
  });

  it.each(['not a number', '', '12', '+1', '+15551', '1'.repeat(16)])('rejects %j', (text) => {
    expect(dialledNumber(text)).toBeUndefined();
  });
});

test('readNumber accepts no more than 300 characters', () => {
  for (const text of ['+'.repeat(300), '<'.repeat(300), ';ext='.repeat(60), ',1'.repeat(150)])
    expect(readNumber(text)).toBeUndefined();
  expect(readNumber('1'.repeat(301))).toBeUndefined();
});

test('countries are ISO 3166 codes in capitals', () => {
  expect(['IN', 'US', 'in', 'XX', 'IND', ''].map(isCountry)).toEqual([
    true,
    true,
    false,
    false,
    false,
    false,
  ]);
});
