import { expect, test } from 'vitest';
import { whenText } from '../page/ui/when.ts';

const at = (...parts: [number, number, number, number]): string => new Date(...parts, 30).toISOString();
const NOW = new Date(2026, 2, 2, 0, 30).getTime();

test('instants are told by the days of whoever looks', () => {
  expect(whenText(at(2026, 2, 2, 0), NOW)).toMatch(/^Today 0?12:30 AM$|^Today 00:30$/);
  expect(whenText(at(2026, 2, 1, 1), NOW)).toMatch(/^Yesterday /);
  expect(whenText(at(2026, 1, 28, 1), NOW)).toMatch(/28/);
  expect(whenText(at(2026, 1, 28, 1), NOW)).not.toMatch(/2026/);
  expect(whenText(at(2025, 2, 2, 1), NOW)).toMatch(/2025/);
});
