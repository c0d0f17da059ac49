import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { newToken } from '../../../src/access/tokens/new-token.ts';
import { MAX_STORED_TOKENS } from '../../../src/access/tokens/stored-token.ts';
import { createTokenStore } from '../../../src/store/tokens/token-store.ts';
import { openAuditReader } from '../../../src/store/audit/reader.ts';
import { openDatabase } from '../../../src/store/database.ts';
import { openTokenFile } from '../../../src/store/tokens/token-file.ts';
import { tempDir } from '../../support/temp-dir.ts';

const dir = tempDir();
const request = (name: string) => ({ name, scopes: ['ADMIN'] as const, expiresAt: null });

describe('the tokens of a database file', () => {
  test('are created before the first start of a daemon, with an entry in the audit log', async () => {
    const path = join(dir, 'new', 'first.db');
    const file = openTokenFile(path);
    const secret = await file.create(request('admin'), 5);
    expect(secret).toMatch(/^sidetone_/);
    await expect(file.create(request('admin'), 6)).rejects.toThrow('no other token has');
    await file.revoke('admin', 7);
    await expect(file.revoke('admin', 8)).rejects.toMatchObject({ code: 'TOKEN_NOT_FOUND' });
    expect((await file.list(9)).map(({ name, state }) => [name, state])).toEqual([['admin', 'REVOKED']]);
    await file.close();
    const audit = openAuditReader(path);
    expect([...audit.entries()].map(({ action, by }) => [action, by])).toEqual([
      ['TOKEN_CREATED', '-'],
      ['TOKEN_REVOKED', '-'],
    ]);
    expect(audit.verify().intact).toBe(true);
    audit.close();
  });

  test('are changed while a daemon has the file open, which notices it', async () => {
    const path = join(dir, 'open.db');
    const { db, close } = openDatabase(path, 'normal');
    const store = createTokenStore(db);
    const before = store.version();
    const file = openTokenFile(path);
    await file.create(request('admin'), 5);
    await file.close();
    expect(store.version()).not.toBe(before);
    expect(store.list()).toMatchObject([{ name: 'admin', scopes: ['ADMIN'], createdBy: '-' }]);
    close();
  });

  test('are at most 1000, and ended ones make room', () => {
    const { db, close } = openDatabase(join(dir, 'full.db'), 'normal');
    const store = createTokenStore(db);
    const add = (name: string, now: number): void => {
      const { token } = newToken(request(name), { by: 'ops', now, taken: new Set() });
      store.put(token, { at: now, by: 'ops', action: 'TOKEN_REVOKED', details: { name } });
    };
    db.$client
      .prepare(
        `with recursive i(n) as (select 0 union all select n + 1 from i where n + 1 < ?)
         insert into access_tokens (name, sha256, scopes, created_at, created_by) select 't' || n, n, '[]', n, 'ops' from i`,
      )
      .run(MAX_STORED_TOKENS);
    expect(() => add('late', 5000)).toThrow(expect.objectContaining({ code: 'LIMIT_TOKENS' }));
    store.revoke('t7', 6000, { at: 6000, by: 'ops', action: 'TOKEN_REVOKED', details: { name: 't7' } });
    add('late', 7000);
    const names = store.list().map(({ name }) => name);
    expect(names).toHaveLength(MAX_STORED_TOKENS);
    expect([names.includes('late'), names.includes('t7')]).toEqual([true, false]);
    close();
  });
});
