import { expect, test } from 'vitest';
import { controlOf } from '../page/call/controls/control-table.ts';
import { phoneNumberText } from '../page/ui/format.ts';
import { dialError, digitsOf } from '../page/ui/phone-number.ts';

test.each([
  '+15005559417',
  '+919876543210',
  '+442079460954',
  '+390669812353',
  '+79161234552',
  '918012345678',
  '1001',
])('a transfer accepts %s as the page shows it', (number) => {
  const field = controlOf('TRANSFER', { mutedParties: [] })!.fields[0]!;
  expect(field.pattern).toBeUndefined();
  expect(field.validate!(phoneNumberText(number)!)).toBeUndefined();
  expect(digitsOf(phoneNumberText(number)!)).toBe(number);
});

test.each([
  '+1 (500) 555-9417',
  '\u202A+15005559417\u202C',
  '\uFF0B15005559417',
  'tel:+1-500-555-9417',
  '0015005559417',
  '+١٥٠٠٥٥٥٩٤١٧',
])('%j can be dialled', (number) => {
  expect(dialError(number)).toBeUndefined();
  expect(digitsOf(number)).toBe('+15005559417');
});

test.each(['not a number', '', '12', '+', '1'.repeat(16), 'sip:ana@example.com'])('%j cannot', (number) => {
  expect(dialError(number)).toMatch(/^Enter a telephone number: \+ and 4 to 15 digits/);
});

test('keys have a sentence of their own', () => {
  const { validate } = controlOf('SEND_DTMF', { mutedParties: [] })!.fields[0]!;
  expect([validate!('12#w'), validate!('12x')]).toEqual([
    undefined,
    'Enter keys: 0-9 * # A-D, w for a pause.',
  ]);
});
