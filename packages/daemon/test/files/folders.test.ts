import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findUnwritable, makeFolders } from '../../src/files/folders.ts';
import { tempDir } from '../support/temp-dir.ts';

const dir = tempDir();
const codeOf = (task: () => void): unknown => {
  try {
    task();
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  }
  return undefined;
};

describe('folders are created', () => {
  test('with their parents, for their owner only', () => {
    makeFolders(join(dir, 'a', 'b', 'c'));
    for (const path of ['a', 'a/b', 'a/b/c']) expect(statSync(join(dir, path)).mode & 0o777).toBe(0o700);
  });

  test('or exist already', () => {
    makeFolders(dir);
    makeFolders('/');
    expect(existsSync(dir)).toBe(true);
  });

  test.each(['/proc/sidetone', '/proc/sidetone/data', '/proc/1/sidetone/data', '/sys/sidetone/data'])(
    'or fail at once, without a loop: %s',
    (folder) => expect(codeOf(() => makeFolders(folder))).toMatch(/^(ENOENT|EPERM|EACCES|EROFS)$/),
  );

  test('or fail below a file', () => {
    writeFileSync(join(dir, 'file'), '');
    expect(codeOf(() => makeFolders(join(dir, 'file', 'data')))).toBe('ENOTDIR');
  });
});

test('a path that can be written, or does not exist, has no problem', () => {
  mkdirSync(join(dir, 'mine'));
  expect(findUnwritable([join(dir, 'mine'), join(dir, 'nowhere')])).toBeUndefined();
});
