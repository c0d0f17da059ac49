/** The built dashboard: its size, its compressed files, and that it loads nothing from other hosts. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { DASHBOARD_ROOT } from '@sidetone/dashboard';
import { expect, test } from 'vitest';
import { filesBelow } from '../test/support/files.ts';

const ROOT = fileURLToPath(DASHBOARD_ROOT);
/** As browsers receive them: every current one accepts Brotli. */
const MAX_FIRST_VIEW_BYTES = 115_000;
const MAX_PAGE_BYTES = 150_000;

interface Chunk {
  readonly file: string;
  readonly isEntry?: boolean;
  readonly imports?: readonly string[];
  readonly css?: readonly string[];
}
const manifest = JSON.parse(readFileSync(`${ROOT}.vite/manifest.json`, 'utf8')) as Readonly<
  Record<string, Chunk>
>;

/** The scripts and styles of a chunk and its static imports. */
function filesOf(name: string, files = new Set<string>()): Set<string> {
  const { file, imports = [], css = [] } = manifest[name]!;
  for (const style of css) files.add(style);
  if (!files.has(file)) for (const other of imports) filesOf(other, files.add(file));
  return files.add(file);
}

const entry = Object.keys(manifest).find((name) => manifest[name]!.isEntry)!;
/** Small files have no compressed variant. */
const bytesOf = (file: string): number =>
  statSync(existsSync(`${ROOT}${file}.br`) ? `${ROOT}${file}.br` : ROOT + file).size;
const sizeOf = (files: Iterable<string>): number =>
  [...files].reduce((bytes, file) => bytes + bytesOf(file), 0);

test('the first view is smaller than 115 kB', () => {
  expect(sizeOf([...filesOf(entry), 'index.html'])).toBeLessThan(MAX_FIRST_VIEW_BYTES);
});

test('every page with the entry is smaller than 150 kB', () => {
  const pages = Object.keys(manifest).filter((name) => name.endsWith('-page.tsx'));
  expect(pages.length).toBe(6);
  for (const page of pages) expect(sizeOf(filesOf(page, filesOf(entry)))).toBeLessThan(MAX_PAGE_BYTES);
});

test('every script and stylesheet has compressed variants', () => {
  const large = filesBelow(ROOT).filter(
    (file) => /\.(js|css)$/.test(file) && readFileSync(file).length > 1024,
  );
  expect(large.length).toBeGreaterThan(3);
  for (const file of large)
    expect([file, existsSync(`${file}.br`), existsSync(`${file}.gz`)]).toEqual([file, true, true]);
});

test('the documents have relative addresses only, from the root and from one level below it', () => {
  for (const [name, prefix] of [
    ['index.html', './'],
    ['nested.html', '../'],
  ] as const) {
    const addresses = [...readFileSync(ROOT + name, 'utf8').matchAll(/(?:src|href)="([^"]+)"/g)].map(
      ([, address]) => address!,
    );
    expect(addresses.length).toBeGreaterThan(2);
    expect(addresses.filter((address) => !address.startsWith(prefix))).toEqual([]);
  }
});

test('styles and HTML load nothing from other hosts', () => {
  const styles = filesBelow(ROOT).filter((file) => /\.(css|html)$/.test(file));
  for (const file of styles)
    expect([file, readFileSync(file, 'utf8').match(/https?:\/\//)]).toEqual([file, null]);
});
