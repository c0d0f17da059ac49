/** The dashboard as it was built: how much of it a first view takes, and that all of it is ours to serve. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { DASHBOARD_ROOT } from '@sidetone/dashboard';
import { expect, test } from 'vitest';
import { filesBelow } from '../test/support/files.ts';

const ROOT = fileURLToPath(DASHBOARD_ROOT);
const MOST_BYTES = 150_000;

interface Chunk {
  readonly file: string;
  readonly isEntry?: boolean;
  readonly imports?: readonly string[];
}
const manifest = JSON.parse(readFileSync(`${ROOT}.vite/manifest.json`, 'utf8')) as Readonly<
  Record<string, Chunk>
>;

/** A chunk with all that is loaded before it runs. */
function filesOf(name: string, files = new Set<string>()): Set<string> {
  const { file, imports = [] } = manifest[name]!;
  if (!files.has(file)) for (const other of imports) filesOf(other, files.add(file));
  return files.add(file);
}

const entry = Object.keys(manifest).find((name) => manifest[name]!.isEntry)!;
const sizeOf = (files: Iterable<string>): number =>
  [...files].reduce((bytes, file) => bytes + gzipSync(readFileSync(ROOT + file)).length, 0);

test('the first view takes less than 150 kB of compressed script', () => {
  expect(sizeOf(filesOf(entry))).toBeLessThan(MOST_BYTES);
});

test('so does any page that is opened first', () => {
  const pages = Object.keys(manifest).filter((name) => name.endsWith('-page.tsx'));
  expect(pages.length).toBe(3);
  for (const page of pages) expect(sizeOf(filesOf(page, filesOf(entry)))).toBeLessThan(MOST_BYTES);
});

test('every script and style is there compressed as well', () => {
  const large = filesBelow(ROOT).filter(
    (file) => /\.(js|css)$/.test(file) && readFileSync(file).length > 1024,
  );
  expect(large.length).toBeGreaterThan(3);
  for (const file of large)
    expect([file, existsSync(`${file}.br`), existsSync(`${file}.gz`)]).toEqual([file, true, true]);
});

test('nothing is fetched from elsewhere', () => {
  const styles = filesBelow(ROOT).filter((file) => /\.(css|html)$/.test(file));
  for (const file of styles)
    expect([file, readFileSync(file, 'utf8').match(/https?:\/\//)]).toEqual([file, null]);
});
