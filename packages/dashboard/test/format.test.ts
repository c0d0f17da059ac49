import { expect, test } from 'vitest';
import { clockText, numberText } from '../page/ui/format.ts';
import { partiesOf } from '../page/ui/parties.ts';

test.each([
  [0, '0:00'],
  [999, '0:00'],
  [67_000, '1:07'],
  [3_729_000, '1:02:09'],
])('%d ms are %s', (ms, text) => expect(clockText(ms)).toBe(text));

test.each([
  ['+15005555495', '+1 500 555 5495'],
  ['+918000000001', '+91 800 000 0001'],
  ['+35312345678', '+353 123 456 78'],
  ['sip:desk@example.com', 'sip:desk@example.com'],
  ['5495', '5495'],
  [null, undefined],
])('%s is shown as %s', (address, text) => expect(numberText(address)).toBe(text));

const ends = { from: '+15005550001', to: '+15005550002', assistant: { name: 'Nova' } };

test.each([
  [{ ...ends, direction: 'INBOUND' as const }, '+1 500 555 0001', 'to +1 500 555 0002 · Nova'],
  [{ ...ends, direction: 'OUTBOUND' as const }, '+1 500 555 0002', 'called by +1 500 555 0001 · Nova'],
  [{ from: null, to: null, assistant: null, direction: null }, 'Unknown number', 'to an unknown number'],
])('the customer comes first, whoever began the call: %j', (call, customer, other) => {
  expect(partiesOf(call)).toEqual({ customer, other });
});
