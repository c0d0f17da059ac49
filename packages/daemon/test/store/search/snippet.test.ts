import { describe, expect, test } from 'vitest';
import { searchTerms } from '../../../src/store/search/query.ts';
import { snippetOf } from '../../../src/store/search/snippet.ts';

describe('a snippet', () => {
  const of = (text: string, query: string): string => snippetOf(text, searchTerms(query));

  test('replaces brackets of the text by parentheses, so that the marks are unambiguous', () => {
    expect(of('press [1] for [sales] now', 'sales')).toBe('press (1) for ([sales]) now');
  });

  test('is an excerpt around the first match, cut between words', () => {
    const text = `${'before '.repeat(50)}needle ${'after '.repeat(50)}needle`;
    const snippet = of(text, 'needle');
    expect(snippet).toMatch(/^…(before )+\[needle\] (after )+…$/);
    expect(snippet.length).toBeLessThan(200);
  });

  test('marks every match, and overlapping matches as one', () => {
    expect(of('one two one two', '"one two" two')).toBe('[one two] [one two]');
    expect(of('no no no', '"no no"')).toBe('[no no no]');
  });

  test('is the start of the text if nothing matches', () => {
    expect(of('one two', 'three')).toBe('one two');
  });
});
