import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { filesOf, KINDS, LANGUAGES, main, type Kind, type Language } from '../src/index.ts';

const COMBINATIONS = Object.keys(KINDS).flatMap((kind) =>
  Object.keys(LANGUAGES).map((language) => [kind as Kind, language as Language] as const),
);

describe.each(COMBINATIONS)('a plugin of the kind %s in %s', (kind, language) => {
  const files = filesOf({ name: 'blue-phone', kind, language });

  test('has no marker and no name of the templates left', () => {
    for (const [path, text] of files)
      expect([path, /@if|@end|acme/i.exec(text)?.[0]]).toEqual([path, undefined]);
  });

  test('has the files of its kind', () => {
    const hasAudio = [...files.keys()].some((path) => /audio\.[jt]s$/.test(path));
    expect(hasAudio).toBe(kind !== 'webhook');
    expect([...files.keys()]).toEqual(
      expect.arrayContaining(['.gitignore', '.github/workflows/ci.yml', 'README.md']),
    );
    expect(files.get('README.md')).toContain('BLUE_PHONE_API_KEY');
    expect(files.get('README.md')).toContain('## Assumptions');
  });

  test('has the name and the keyword by which plugins are found', () => {
    const manifest = JSON.parse(files.get('package.json')!) as Record<string, unknown>;
    expect(manifest).toMatchObject({
      name: 'sidetone-plugin-blue-phone',
      keywords: ['sidetone-plugin', 'blue-phone'],
    });
  });
});

describe('the command', () => {
  let folder: string;
  let output: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sidetone-create-'));
    output = '';
    const write = (text: unknown): boolean => {
      output += String(text);
      return true;
    };
    vi.spyOn(process.stdout, 'write').mockImplementation(write);
    vi.spyOn(process.stderr, 'write').mockImplementation(write);
  });

  afterEach(() => {
    vi.restoreAllMocks();
    rmSync(folder, { recursive: true });
  });

  const args = ['acme', '--kind', 'webhook', '--language', 'javascript'];

  test('writes the files, and says what to do next', async () => {
    expect(await main(args, folder)).toBe(0);
    expect(readdirSync(folder)).toEqual(['sidetone-plugin-acme']);
    expect(output).toContain('cd sidetone-plugin-acme');
  });

  test('accepts the name of the package', async () => {
    expect(await main(['sidetone-plugin-acme', ...args.slice(1)], folder)).toBe(0);
    expect(readdirSync(folder)).toEqual(['sidetone-plugin-acme']);
  });

  test('overwrites nothing', async () => {
    await main(args, folder);
    const manifest = join(folder, 'sidetone-plugin-acme/package.json');
    const before = readFileSync(manifest, 'utf8');
    expect(await main(['acme', '--kind', 'bot', '--language', 'javascript'], folder)).toBe(2);
    expect(output).toContain('is not empty: nothing was written');
    expect(readFileSync(manifest, 'utf8')).toBe(before);
  });

  test.each([
    ['name: missing', []],
    ['name: expected the name of the provider', ['../up', ...args.slice(1)]],
    ['kind: expected webhook, stream, bot', ['acme', '--kind', 'fax', '--language', 'javascript']],
    ['language: missing', ['acme', '--kind', 'bot']],
    ["Unknown option '--colour'", ['acme', '--colour', 'red']],
  ])('fails without a terminal if a choice is wrong: %s', async (problem, wrong) => {
    expect(await main(wrong, folder)).toBe(2);
    expect(output).toContain(problem);
    expect(readdirSync(folder)).toEqual([]);
  });
});
