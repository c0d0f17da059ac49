import { describe, expect, test } from 'vitest';
import { verifyAuditAt } from '../../src/store/postgres/audit/verify.ts';
import { openPostgres } from '../../src/store/postgres/open-postgres.ts';
import { openTokenDatabase } from '../../src/store/postgres/token-database.ts';
import { createPostgresTokens } from '../../src/store/postgres/tokens.ts';
import { createDatabase, hasServer } from './support/database.ts';

const request = (name: string) => ({ name, scopes: ['ADMIN'] as const, expiresAt: null });

describe.skipIf(!hasServer)('the tokens of a database in PostgreSQL', () => {
  test('are created before the first start of a daemon, which notices later changes', async () => {
    const url = await createDatabase();
    const first = await openTokenDatabase({ url });
    expect(await first.create(request('admin'), 5)).toMatch(/^sidetone_/);
    await expect(first.create(request('admin'), 6)).rejects.toThrow('no other token has');
    await first.close();

    const daemon = await openPostgres({ url });
    const store = createPostgresTokens(daemon.session);
    const before = await store.version();
    const later = await openTokenDatabase({ url });
    await later.revoke('admin', 7);
    await expect(later.revoke('admin', 8)).rejects.toMatchObject({ code: 'TOKEN_NOT_FOUND' });
    expect((await later.list(9)).map(({ name, state }) => [name, state])).toEqual([['admin', 'REVOKED']]);
    await later.close();
    expect(await store.version()).not.toBe(before);
    await daemon.close();
    expect(await verifyAuditAt({ url })).toMatchObject({ intact: true, entries: 2 });
  });

  test('are not changed in tables that have to be migrated by a daemon', async () => {
    const url = await createDatabase();
    const daemon = await openPostgres({ url });
    await daemon.session.run({
      text: 'delete from __drizzle_migrations where id = (select max(id) from __drizzle_migrations)',
    });
    await expect(openTokenDatabase({ url })).rejects.toMatchObject({ code: 'STORE_UNREADABLE' });
    await daemon.close();
  });
});
