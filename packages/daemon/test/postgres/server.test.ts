import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { createDatabase, hasServer } from './support/database.ts';

describe.skipIf(!hasServer)('the server of the tests', () => {
  test('stores text as UTF-8', async () => {
    const client = new pg.Client(await createDatabase());
    await client.connect();
    const { rows } = await client.query("select current_setting('server_encoding') as encoding");
    await client.end();
    expect(rows).toEqual([{ encoding: 'UTF8' }]);
  });
});
