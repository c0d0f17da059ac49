import { expect, test } from 'vitest';
import { isolate } from '../page/ui/text/isolate.ts';

test('leaves text unchanged that is written from left to right', () => {
  for (const text of ['', 'Front desk', '+1 500 555 0001', 'Zoë · Łódź', '客户'])
    expect(isolate(text)).toBe(text);
});

test('isolates text that is written from right to left', () => {
  expect(isolate('دفع متأخر')).toBe('\u2068دفع متأخر\u2069');
  expect(isolate('Anna שלום')).toBe('\u2068Anna שלום\u2069');
});

test('removes overrides and isolates that would affect the text after it', () => {
  expect(isolate('invoice \u202Egpj.exe')).toBe('\u2068invoice gpj.exe\u2069');
  expect(isolate('a\u2069b\u2067c')).toBe('\u2068abc\u2069');
});
