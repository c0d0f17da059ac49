import { describe, expect, test } from 'vitest';
import { normalizeUnicode } from '../src/normalize.ts';

describe('normalizeUnicode', () => {
  test('composes letters and their marks', () => {
    expect(normalizeUnicode('e\u0301', 'NFC')).toBe('é');
    expect(normalizeUnicode('ﬁ', 'NFKC')).toBe('fi');
    expect(normalizeUnicode('ﬁ', 'NFC')).toBe('ﬁ');
  });

  test('keeps 30 marks of a letter', () => {
    const marks = 'q' + '\u0316\u0301'.repeat(15);
    expect(normalizeUnicode(marks, 'NFC')).toHaveLength(31);
    expect(normalizeUnicode(marks + '\u0301'.repeat(10_000) + 'é', 'NFC')).toBe(
      normalizeUnicode(marks, 'NFC') + 'é',
    );
  });
});
