import { expect, test } from 'vitest';
import { dateTimeText } from '../page/ui/when.ts';

const at = (...parts: [number, number, number, number]): string => new Date(...parts, 30).toISOString();
const NOW = new Date(2026, 2, 2, 0, 30).getTime();

test('instants are told by the days of whoever looks', () => {
  expect(dateTimeText(at(2026, 2, 2, 0), NOW)).toMatch(/^Today 0?12:30 AM$|^Today 00:30$/);
  expect(dateTimeText(at(2026, 2, 1, 1), NOW)).toMatch(/^Yesterday /);
  expect(dateTimeText(at(2026, 1, 28, 1), NOW)).toMatch(/28/);
  expect(dateTimeText(at(2026, 1, 28, 1), NOW)).not.toMatch(/2026/);
  expect(dateTimeText(at(2025, 2, 2, 1), NOW)).toMatch(/2025/);
});
