import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { audit } from '../../../src/cli/actions/audit.ts';
import { createAuditLog } from '../../../src/store/audit/log.ts';
import { openDatabase } from '../../../src/store/database.ts';
import * as tokens from '../../../src/tokens.ts';
import { startTestDaemon } from '../../support/daemon.ts';
import { tempDir } from '../../support/temp-dir.ts';

const path = join(tempDir(), 'audit.db');
const database = openDatabase(path, 'normal');
const output: string[] = [];

beforeEach(() => {
  database.db.run(sql`delete from audit_log`);
  database.db.run(sql`delete from meta where key = 'audit_head'`);
  const log = createAuditLog(database.db);
  for (const callId of ['call_1', 'call_2']) log.append({ at: 0, by: 'ada', action: 'ERASE', callId });
  output.length = 0;
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    output.push(String(text));
    return true;
  });
});

afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

describe('sidetone audit', () => {
  test('prints one JSON line for each entry', async () => {
    await audit({ database: path });
    expect(output.map((line) => JSON.parse(line) as unknown)).toEqual([
      { seq: 1, at: '1970-01-01T00:00:00.000Z', by: 'ada', action: 'ERASE', call: expect.any(String) },
      { seq: 2, at: '1970-01-01T00:00:00.000Z', by: 'ada', action: 'ERASE', call: expect.any(String) },
    ]);
    expect(output.every((line) => line.indexOf('\n') === line.length - 1)).toBe(true);
  });

  test('--call prints the entries about one call', async () => {
    await audit({ database: path, call: 'call_2' });
    expect(output.map((line) => (JSON.parse(line) as { seq: number }).seq)).toEqual([2]);
  });

  test('filters print the entries that match, and name a value that does not exist', async () => {
    createAuditLog(database.db).append({
      at: Date.UTC(2026, 0, 5),
      by: '-',
      action: 'SIGN_IN_FAILED',
      details: { failures: 2, address: '192.0.2.1' },
    });
    await audit({ database: path, since: '2026-01-01', outcome: 'failed', action: ['sign-in-failed'] });
    expect(output.map((line) => (JSON.parse(line) as { seq: number }).seq)).toEqual([3]);
    await expect(audit({ database: path, action: ['erased'] })).rejects.toThrow(
      '--action: expected one of erase,',
    );
    await expect(audit({ database: path, since: 'yesterday' })).rejects.toThrow('--since: expected a date');
  });

  test('--url prints the same from the running daemon, over all pages', async () => {
    const dir = tempDir();
    const it = await startTestDaemon(dir);
    const log = it.daemon.parts.resolve(tokens.AUDIT_LOG);
    await log.append(
      ...Array.from({ length: 250 }, (_, i) => ({
        at: i,
        by: 'ada',
        action: 'TOKEN_REVOKED' as const,
        details: { name: `t${i}` },
      })),
      { at: 300, by: 'bob', action: 'ERASE', callId: 'call_1' },
    );
    await audit({ database: 'unused', url: it.url('') });
    const ofDaemon = output.splice(0).map((line) => JSON.parse(line) as unknown);
    await audit({ database: join(dir, 'test.db') });
    expect(output.map((line) => JSON.parse(line) as unknown)).toEqual(ofDaemon);
    expect(ofDaemon).toHaveLength(251);
    output.length = 0;
    await audit({ database: 'unused', url: it.url(''), call: 'call_1', by: ['bob'] });
    expect(output).toHaveLength(1);
  });

  test('--verify prints the result and the head of an intact log', async () => {
    await audit({ database: path, verify: true });
    expect(JSON.parse(output.join(''))).toMatchObject({ intact: true, entries: 2, head: { seq: 2 } });
    expect(process.exitCode).toBeUndefined();
  });

  test('--verify exits with 1 if an entry was changed', async () => {
    database.db.run(sql`update audit_log set by_name = 'bob' where seq = 2`);
    await audit({ database: path, verify: true });
    expect(JSON.parse(output.join(''))).toMatchObject({ intact: false, brokenAt: 2 });
    expect(process.exitCode).toBe(1);
  });

  test('waits until a slow reader of the output continues', async () => {
    const write = vi.mocked(process.stdout.write);
    write.mockImplementationOnce((text) => {
      output.push(String(text));
      return false;
    });
    const printing = audit({ database: path });
    await new Promise((resolve) => setImmediate(resolve));
    expect(output).toHaveLength(1);
    process.stdout.emit('drain');
    await printing;
    expect(output).toHaveLength(2);
  });
});
