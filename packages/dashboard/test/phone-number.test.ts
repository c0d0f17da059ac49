import { expect, test } from 'vitest';
import { controlOf } from '../page/call/controls/control-table.ts';
import { phoneNumberText } from '../page/ui/format.ts';
import { destinationError, dialError } from '../page/ui/form/dial.ts';
import { digitsOf } from '../page/ui/phone-number.ts';

const CALL = { mutedParties: [], direction: null, from: null, to: null, assistant: null };

test.each([
  '+15005559417',
  '+919876543210',
  '+442079460954',
  '+390669812353',
  '+79161234552',
  '918012345678',
  '1001',
])('a transfer accepts %s as the page shows it', (number) => {
  const field = controlOf('TRANSFER', CALL)!.fields[0]!;
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
  const { validate } = controlOf('SEND_DTMF', CALL)!.fields[0]!;
  expect([validate!('12#w'), validate!('12x')]).toEqual([
    undefined,
    'Enter keys: 0-9 * # A-D, w for a pause.',
  ]);
});

test.each(['+1 500 555 9417 ext. 12', '+1-500-555-9417 x12', '+15005559417,12'])(
  '%j can be dialled with its extension',
  (number) => expect(dialError(number)).toBeUndefined(),
);

test.each([
  ['sip:ana@example.com', undefined],
  ['SIPS:ana@example.com', undefined],
  ['+1 500 555 9417', undefined],
  ['ana@example.com', 'Enter a SIP address, such as sip:desk@example.com.'],
  ['sip:ana', 'Enter a SIP address, such as sip:desk@example.com.'],
  ['somewhere', expect.stringMatching(/^Enter a telephone number/)],
])('a transfer to %j is answered with %j', (destination, error) =>
  expect(destinationError(destination)).toEqual(error),
);
