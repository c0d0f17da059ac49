/** Compares SECURITY.md with the tests and the code: each threat has a test that exists, or a reason why it remains. */
import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { allCode, configurationKeys, read, rowsIn, unknownCodes } from './support/documents.ts';

const PAGE = 'SECURITY.md';
const THREATS = 'Threat | Protection | Test';
const REMAINING = 'Not protected | Reason | Recommendation';
/** The headers of the tables that contain no threats. */
const OTHERS = ['Version | Security fixes', 'Actor | Can send | Trusted with'];

interface Table {
  readonly header: string;
  readonly rows: readonly (readonly string[])[];
}

/** Returns the tables of the page: blocks of lines that start with a bar. */
const tables: readonly Table[] = [...read(PAGE).matchAll(/(?:^\|.*\n)+/gm)].map(([block]) => {
  const [header, ...rows] = rowsIn(block);
  return { header: header!.join(' | '), rows };
});
const rowsUnder = (header: string): readonly (readonly string[])[] =>
  tables.filter((table) => table.header === header).flatMap(({ rows }) => rows);

interface TestLink {
  readonly title: string;
  readonly file: string;
}

const linksIn = (cell: string): TestLink[] =>
  [...cell.matchAll(/\[([^\]]+)\]\(([^)]+)\)/g)].map(([, title, file]) => ({ title: title!, file: file! }));

/** The first argument of `test('...')`, `describe('...')`, `test.each(...)('...')` and the like. */
const TITLE =
  /(?:\b(?:test|describe|it|property)(?:\.\w+)*|\)|`)\s*\(\s*('(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`)\s*,/g;

/** Returns the titles of the tests and groups of a file. */
const titlesIn = (file: string): string[] =>
  [...read(file).matchAll(TITLE)].map(([, quoted]) => quoted!.slice(1, -1).replaceAll(/\\(['"`])/g, '$1'));

const isTestFile = (file: string): boolean =>
  /^(?:packages\/[\w-]+\/test|e2e|test)\/[\w/-]+(?:\.test|\/suites\/[\w-]+)\.ts$/.test(file) &&
  existsSync(file);

describe('every threat', () => {
  const threats = rowsUnder(THREATS);

  test('is in a table with a known header', () => {
    const headers = new Set(tables.map(({ header }) => header));
    expect([...headers].toSorted()).toEqual([THREATS, REMAINING, ...OTHERS].toSorted());
    expect(threats.length).toBeGreaterThan(80);
  });

  test('is listed once, with a protection', () => {
    const names = [...threats, ...rowsUnder(REMAINING)].map(([name]) => name);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
    expect(threats.filter(([, protection]) => !protection)).toEqual([]);
  });

  test('has a test, and nothing else in that column', () => {
    const isListOfLinks = (cell: string): boolean =>
      /^\[[^\]]+\]\([^)]+\)(?:, \[[^\]]+\]\([^)]+\))*$/.test(cell);
    expect(threats.filter(([, , cell]) => !isListOfLinks(cell!))).toEqual([]);
  });

  test('links to tests that exist, by their title', () => {
    const links = threats.flatMap(([, , cell]) => linksIn(cell!));
    const broken = links.filter(
      ({ title, file }) => !isTestFile(file) || !titlesIn(file).some((known) => known.includes(title)),
    );
    expect(broken).toEqual([]);
  });
});

test('everything that is not protected has a reason and a recommendation', () => {
  const rows = rowsUnder(REMAINING);
  expect(rows.length).toBeGreaterThan(8);
  for (const [name, reason, recommendation] of rows) {
    expect([name, reason], name).toEqual([name, expect.stringMatching(/^.{20,}\.$/)]);
    expect([name, recommendation], name).toEqual([name, expect.stringMatching(/^.{5,}\.$/)]);
  }
});

describe('the page', () => {
  const quoted = [...read(PAGE).matchAll(/`([^`]+)`/g)].map(([, name]) => name!);

  test('names configuration keys that exist', () => {
    const known = configurationKeys();
    const sections = new Set(known.map((key) => key.split('.')[0]));
    const keys = quoted.filter((name) => /^[a-z]+(?:\.\w+)+$/.test(name) && sections.has(name.split('.')[0]));
    expect(keys.length).toBeGreaterThan(15);
    const isKnown = (key: string): boolean => known.some((one) => one === key || one.startsWith(`${key}.`));
    expect(keys.filter((key) => !isKnown(key))).toEqual([]);
  });

  test('names error codes that exist', () => {
    const codes = quoted.filter((name) => /^[A-Z]+(?:_[A-Z]+)+$/.test(name));
    expect(codes.length).toBeGreaterThan(8);
    expect(unknownCodes(codes)).toEqual([]);
  });

  test('quotes log messages that exist', () => {
    const code = allCode();
    const messages = [...read(PAGE).matchAll(/"([^"]+)"/g)].map(([, message]) => message!);
    expect(messages.filter((message) => !code.includes(message))).toEqual([]);
  });
});
