import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { openDatabase } from '../../src/store/database.ts';
import { tempDir } from '../support/temp-dir.ts';

const dir = tempDir();
let count = 0;
const newPath = (): string => join(dir, `${count++}.db`);

describe('a database', () => {
  test('is made where there is none, with the folders above it, and keeps its name', () => {
    const path = join(dir, 'a', 'b', 'new.db');
    const first = openDatabase(path, 'full');
    first.close();
    const second = openDatabase(path, 'full');
    second.close();
    expect(second.logId).toBe(first.logId);
    expect(openDatabase(newPath(), 'full').logId).not.toBe(first.logId);
  });

  test('of an empty file is a new one', () => {
    const path = newPath();
    writeFileSync(path, '');
    openDatabase(path, 'normal').close();
    expect(readFileSync(path).length).toBeGreaterThan(0);
  });

  test('writes through to the disk when it is to be durable', () => {
    const full = openDatabase(newPath(), 'full');
    const normal = openDatabase(newPath(), 'normal');
    const synchronous = ({ db }: typeof full): unknown => db.$client.pragma('synchronous', { simple: true });
    expect([synchronous(full), synchronous(normal)]).toEqual([2, 1]);
    full.close();
    normal.close();
  });

  test('is of one daemon at a time, and free again when that one is gone', () => {
    const path = newPath();
    const holder = openDatabase(path, 'full');
    expect(() => openDatabase(path, 'full')).toThrow(expect.objectContaining({ code: 'STORE_IN_USE' }));
    holder.close();
    openDatabase(path, 'full').close();
  });
});

describe('a file is refused, and not a byte of it changed,', () => {
  function refused(path: string, code: string): void {
    const before = readFileSync(path);
    expect(() => openDatabase(path, 'full')).toThrow(expect.objectContaining({ code }));
    expect(readFileSync(path).equals(before)).toBe(true);
    expect(existsSync(`${path}-journal`)).toBe(false);
  }

  test('when it is no database', () => {
    const path = newPath();
    writeFileSync(path, 'Dear diary, '.repeat(1000));
    refused(path, 'STORE_NOT_A_DATABASE');
  });

  test('when it is a database of another program', () => {
    const path = newPath();
    const other = new Sqlite(path);
    other.exec('create table precious (data text)');
    other.close();
    refused(path, 'STORE_NOT_A_DATABASE');
  });

  test('when a newer release wrote it', () => {
    const path = newPath();
    openDatabase(path, 'full').close();
    const later = new Sqlite(path);
    later.pragma('journal_mode = delete');
    later.exec(`insert into __drizzle_migrations (hash, created_at) values ('x', ${Date.UTC(2100, 0)})`);
    later.close();
    refused(path, 'STORE_SCHEMA_NEWER');
  });

  test('when it is cut short', () => {
    const path = newPath();
    openDatabase(path, 'full').close();
    const whole = readFileSync(path);
    writeFileSync(path, whole.subarray(0, 50));
    refused(path, 'STORE_NOT_A_DATABASE');
  });
});

test('a path that is a folder is told apart from a file that is no database', () => {
  const path = join(dir, 'folder.db');
  mkdirSync(path);
  expect(() => openDatabase(path, 'full')).toThrow(expect.objectContaining({ code: 'STORE_UNREADABLE' }));
  expect(readdirSync(path)).toEqual([]);
});
