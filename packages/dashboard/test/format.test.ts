import { expect, test } from 'vitest';
import { dateTimeText, durationText, phoneNumberText } from '../page/ui/format.ts';
import { partiesOf } from '../page/ui/parties.ts';

test.each([
  [0, '0:00'],
  [999, '0:00'],
  [67_000, '1:07'],
  [3_729_000, '1:02:09'],
])('formats %d ms as %s', (ms, text) => expect(durationText(ms)).toBe(text));

test.each([
  ['+15005555495', '+1 500 555 5495'],
  ['+918000000001', '+91 800 000 0001'],
  ['+35312345678', '+353 1234 5678'],
  ['+493011111111', '+49 30 1111 1111'],
  ['+442079460954', '+44 20 7946 0954'],
  ['+8613812345678', '+86 138 1234 5678'],
  ['+33123456789', '+33 123 456 789'],
  ['sip:desk@example.com', 'sip:desk@example.com'],
  ['5495', '5495'],
  [null, undefined],
])('formats %s as %s', (address, text) => expect(phoneNumberText(address)).toBe(text));

const ends = { from: '+15005550001', to: '+15005550002', assistant: { name: 'Nova' } };

test.each([
  [{ ...ends, direction: 'INBOUND' as const }, '+1 500 555 0001', 'to +1 500 555 0002 · Nova'],
  [{ ...ends, direction: 'OUTBOUND' as const }, '+1 500 555 0002', 'called by +1 500 555 0001 · Nova'],
  [{ from: null, to: null, assistant: null, direction: null }, 'Unknown number', 'to an unknown number'],
])('puts the customer first in %j', (call, customer, other) => {
  expect(partiesOf(call)).toEqual({ customer, other });
});

const at = (...parts: [number, number, number, number]): string => new Date(...parts, 30).toISOString();
const NOW = new Date(2026, 2, 2, 0, 30).getTime();

test('formats instants by the local calendar day', () => {
  expect(dateTimeText(at(2026, 2, 2, 0), NOW)).toMatch(/^Today 0?12:30 AM$|^Today 00:30$/);
  expect(dateTimeText(at(2026, 2, 1, 1), NOW)).toMatch(/^Yesterday /);
  expect(dateTimeText(at(2026, 1, 28, 1), NOW)).toMatch(/28/);
  expect(dateTimeText(at(2026, 1, 28, 1), NOW)).not.toMatch(/2026/);
  expect(dateTimeText(at(2025, 2, 2, 1), NOW)).toMatch(/2025/);
});
