/** A new database for each test file. */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, inject } from 'vitest';

const server = inject('postgres');

/** Whether there is a server; tests that need one are skipped otherwise. */
export const hasServer = server !== undefined;

/** Runs statements on the server itself. */
export async function administer(...statements: string[]): Promise<void> {
  const client = new pg.Client(`${server}/postgres`);
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

/** Creates an empty database and returns its URL. It is deleted after the test file. */
export async function createDatabase(): Promise<string> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  await administer(`create database ${name}`);
  afterAll(() => administer(`drop database ${name} with (force)`));
  return `${server}/${name}`;
}
