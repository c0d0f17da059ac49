/**
 * Rejects phrases of the dialect in which this project was first written. Readers search for the words of the field, such as
 * "retry", "timeout" and "dropped"; docs/reference/glossary.md lists the project's own terms. The list is a sample, not a ban
 * on words: a hit means that the whole sentence should be rewritten.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { filesBelow, PUBLISHED } from './support/files.ts';

/** Each phrase with the words to use instead. */
const PHRASES: readonly (readonly [phrase: RegExp, instead: string])[] = [
  [/\b(?:is|are|was|were|be|been|being|not) told\b/gi, 'reported, sent, emitted'],
  [/\btold (?:of|by|twice|before|already|again|otherwise|apart)\b/gi, 'reported, configured, distinguished'],
  [/\btells? (?:words|of|whether|what|who|how|when|where|us)\b/gi, 'reports, sends, emits'],
  [/\banew\b/gi, 'again; restart, retry, regenerate'],
  [/\b(?:comes?|came|coming) to be\b/gi, 'was created'],
  [/\b(?:takes?|took|taking) (?:none|nothing)\b/gi, 'accepts no ..., write failed'],
  [/\bno longer taken\b|\bis not taken\b|\bare not taken\b/gi, 'rejected, refused, ignored'],
  [/\bwhoever\b/gi, 'the caller, the client, the operator'],
  [/\bno news\b|\bthe news (?:that|of)\b/gi, 'no new event, ignored'],
  [/\bmishaps?\b/gi, 'failure, error'],
  [/\bthat (?:is|are|was|were) none\b/gi, 'invalid'],
  [/\b(?:is|are|lies?) beyond\b|\bwhat is beyond\b|\bthose beyond\b/gi, 'exceeds the limit'],
  [/\bat the door\b/gi, 'on receipt, in the handler'],
  [/\b(?:that|which|what) nobody\b/gi, 'no client, nothing'],
  [/\bheart of\b|\bthe heart\b/gi, 'main part, core'],
  [/\bas it stands\b|\bas they stand\b/gi, 'unchanged, current'],
  [/\bso far as\b/gi, 'if, as far as'],
  [/\bin one another\b/gi, 'nested'],
  [/\ball the same\b/gi, 'nevertheless, still'],
  [
    /\bwhat (?:was|is|has been|had been) (?:said|told|heard|there|wanted|asked)\b/gi,
    'the transcript, the event, the demand',
  ],
  [/\bwhat (?:comes|came|has come|goes) (?:in|out|of|from|back|behind)\b/gi, 'a subject with a name'],
  [/\btime lines?\b/gi, 'timeline'],
  [/\b(?:goes|went) on\b/gi, 'continues'],
  [/\bheard of\b/gi, 'known, reported'],
  [/\bas (?:many|much|large|long) as (?:it|they|a \w+) may\b/gi, 'limit reached'],
  [/\bby mistake of ours\b|\ba mistake of ours\b/gi, 'unexpected error'],
];

/** This file, and the changelog, which quotes old names. */
const EXEMPT = ['test/language.test.ts', 'CHANGELOG.md'];

const isChecked = (file: string): boolean =>
  !/(?:^|\/)(?:node_modules|dist)\//.test(file) && !EXEMPT.includes(file);

const DOCUMENTS = [
  ...readdirSync('.'),
  ...['docs', 'bench', 'examples'].flatMap(filesBelow),
  ...PUBLISHED.map((name) => `packages/${name}/README.md`).filter((file) => existsSync(file)),
].filter((file) => /\.(?:md|graphql)$/.test(file) && isChecked(file));

const CODE = ['bench', 'e2e', 'examples', 'packages', 'scripts', 'test']
  .flatMap(filesBelow)
  .filter((file) => /\.(?:[mc]?[jt]s|tsx)$/.test(file) && isChecked(file));

/**
 * Returns `file:line: "phrase"` for each hit. Lines are joined first, without the marks of comments, because a sentence may
 * continue on the next line.
 */
function hitsIn(file: string): string[] {
  const starts: number[] = [];
  let text = '';
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    starts.push(text.length);
    text += `${line.replace(/^\s*(?:\/\*\*?|\*\/?|\/\/)?\s*/, '')} `;
  }
  return PHRASES.flatMap(([phrase, instead]) =>
    [...text.matchAll(phrase)].map(({ 0: found, index }) => {
      const line = starts.findLastIndex((start) => start <= index) + 1;
      return `${file}:${line}: "${found}" (write: ${instead})`;
    }),
  );
}

describe('language', () => {
  test('documents and the GraphQL schema contain no dialect phrase', () => {
    expect(DOCUMENTS.length).toBeGreaterThan(30);
    expect(DOCUMENTS.flatMap(hitsIn)).toEqual([]);
  });

  test('comments, messages and test names contain no dialect phrase', () => {
    expect(CODE.length).toBeGreaterThan(100);
    expect(CODE.flatMap(hitsIn)).toEqual([]);
  });
});
