import { describe, expect, test } from 'vitest';
import {
  isChanged,
  jsonOf,
  storedValue,
  type SqliteValue,
  type StoredType,
} from '../../../src/store/to-postgres/stored-values.ts';

/** Type, value in SQLite, text in PostgreSQL, whether that is another value, the value in JSON. */
const CASES: readonly (readonly [StoredType, SqliteValue, string | null, boolean, string])[] = [
  ['bigint', 7, '7', false, '7'],
  ['bigint', null, null, false, 'null'],
  ['bigint', 7.5, '8', true, '8'],
  ['bigint', 8.5, '8', true, '8'],
  ['bigint', -7.5, '-8', true, '-8'],
  ['bigint', -0.4, '0', true, '0'],
  ['double precision', 0.1, '0.1', false, '0.1'],
  ['double precision', 1e-7, '1e-7', false, '1e-7'],
  ['text', 'a "b"', 'a "b"', false, '"a \\"b\\""'],
  ['text', 'nul \0', 'nul \ufffd', true, '"nul \ufffd"'],
  [
    'text',
    'pair \u{1f600}, half \ud83d',
    'pair \u{1f600}, half \ufffd',
    true,
    '"pair \u{1f600}, half \ufffd"',
  ],
  ['json', '{"b":1, "a":[]}', '{"b":1, "a":[]}', false, '{"b":1, "a":[]}'],
  ['json', 'null', null, false, 'null'],
  ['json', '{"a":"\\u0001 \\\\u0000"}', '{"a":"\\u0001 \\\\u0000"}', false, '{"a":"\\u0001 \\\\u0000"}'],
  ['json', '{"\\u0000":"\\ud800"}', '{"\ufffd":"\ufffd"}', true, '{"\ufffd":"\ufffd"}'],
  ['bytea', Buffer.of(0, 255), '\\x00ff', false, '"\\\\x00ff"'],
];

describe('a value of SQLite in PostgreSQL', () => {
  test.each(CASES)('%s %j', (type, value, text, changed, json) => {
    const stored = storedValue(type, value);
    expect(stored).toBe(text);
    expect(isChanged(type, value, stored)).toBe(changed);
    expect(jsonOf(type, stored)).toBe(json);
  });
});
