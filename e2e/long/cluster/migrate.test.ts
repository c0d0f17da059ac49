/** Moves databases to PostgreSQL with the built program: by the guide, killed at any batch, and with what it refuses. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { generate } from '../../../bench/history/generate.ts';
import { createPools, type Pools } from '../../../packages/daemon/src/store/postgres/connection/pools.ts';
import { startServer, type RunningServer } from '../../../packages/daemon/test/postgres/support/server.ts';
import { commandOf, follow } from '../../../test/support/commands.ts';
import { tempDir } from '../../support/daemon.ts';
import { PATIENCE_MS } from '../../support/patience.ts';
import { sidetone } from '../../support/process.ts';
import { folderWithPrograms, shell } from '../../support/shell.ts';

const server: RunningServer | undefined = await startServer(['fsync=off']);

describe.skipIf(!server)('sidetone migrate', () => {
  let file: string;
  let databases = 0;
  beforeAll(() => {
    file = join(tempDir(), 'history.db');
    generate({ calls: 1500, file });
  });
  afterAll(async () => {
    for (const each of pools.values()) await (await each).close();
    await server?.stop();
  });

  const pools = new Map<string, Promise<Pools>>();
  async function query(url: string, text: string): Promise<readonly Record<string, unknown>[]> {
    if (!pools.has(url)) pools.set(url, createPools({ url }));
    const { reading } = await pools.get(url)!;
    return (await reading.query<Record<string, unknown>>(text)).rows;
  }

  async function newDatabase(): Promise<string> {
    const name = `moved_${++databases}`;
    await query(`${server!.url}/postgres`, `create database ${name}`);
    return `${server!.url}/${name}`;
  }

  test('by the guide: measure, move, verify', async () => {
    const folder = folderWithPrograms();
    const guide = follow('docs/guide/move-to-postgresql.md');
    const [, name] = /export (\w+)=/.exec(guide.take('export'))!;
    const env = { [name!]: await newDatabase() };
    const run = (beginning: string) =>
      shell(folder, guide.take(beginning).replace('./data/sidetone.db', file), { env });
    expect(await run('sidetone migrate --from ./data/sidetone.db --dry-run')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^\d+ rows: \d+ MB in the file, about \d+ MB in PostgreSQL\./m),
    });
    const moved = await run('sidetone migrate --from ./data/sidetone.db');
    expect(moved).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Both databases have the same content.'),
    });
    expect(moved.stdout + moved.stderr).not.toContain(new URL(server!.url).password);
    const audit = commandOf('docs/guide/operate-postgresql.md', 'sidetone audit verify');
    expect(await shell(folder, audit, { env })).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('"intact":true'),
    });
    const measured = commandOf('docs/reference/cli.md', 'sidetone migrate --from ./data/sidetone.db --to')
      .replace('./data/sidetone.db', file)
      .replace(/postgres:\S+/, await newDatabase());
    expect(await shell(folder, measured, { env })).toMatchObject({ code: 0 });
    const verify = guide.take('sidetone migrate --from ./data/sidetone.db --verify-only');
    const again = verify.replace('./data/sidetone.db', file);
    expect(await shell(folder, again, { env })).toMatchObject({ code: 0 });
    await query(
      env[name!]!,
      `update utterances set text = 'others' where position = (select max(position) from utterances)`,
    );
    expect(await shell(folder, again, { env })).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^utterances .* DIFFERENT$/m),
    });
    // Not before: it would be a difference.
    const token = commandOf('docs/reference/cli.md', 'sidetone token create admin --scope admin --postgres');
    expect(await shell(folder, token, { env })).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/\S{20}/),
    });
  });

  test('continues after it was killed at any batch', async () => {
    const url = await newDatabase();
    const progress = async (): Promise<string> => {
      const rows = await query(url, `select value from meta where key = 'migration'`).catch(() => []);
      return (rows[0]?.['value'] as string | undefined) ?? '';
    };
    const steps = new Set<string>();
    for (let run = 1; ; run++) {
      const before = await progress();
      const command = sidetone(['migrate', '--from', file], { SIDETONE_POSTGRES_URL: url });
      const ended = new AbortController();
      void command.exit().then(() => ended.abort());
      // A few changes later each time, so every step is interrupted.
      for (let changes = 0, last = before; changes < 1 + (run % 3) && !ended.signal.aborted;) {
        const now = await progress();
        if (now !== last) changes++;
        last = now;
      }
      const code = await command.end('SIGKILL');
      const { step, finishedAt } = JSON.parse(await progress()) as { step: string; finishedAt?: number };
      steps.add(step);
      // It can be killed after it has finished, before it has printed its report.
      if (finishedAt !== undefined) break;
      expect(code).toBe(null);
      expect(run).toBeLessThan(200);
    }
    expect(steps.size).toBeGreaterThan(3);
    const folder = folderWithPrograms();
    expect(
      await shell(folder, `sidetone migrate --from ${file} --verify-only`, {
        env: { SIDETONE_POSTGRES_URL: url },
      }),
    ).toMatchObject({ code: 0 });
  });

  test('ends between two batches when it is interrupted', async () => {
    const env = { SIDETONE_POSTGRES_URL: await newDatabase() };
    const folder = folderWithPrograms();
    expect(await shell(folder, `sidetone migrate --from ${file}`, { env, until: /rows\/s/ })).toMatchObject({
      code: 130,
      stderr: expect.stringContaining('sidetone: interrupted'),
    });
    expect(await shell(folder, `sidetone migrate --from ${file}`, { env })).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/continues after \d+ rows/),
    });
    expect(await shell(folder, `sidetone migrate --from ${file} --restart`, { env })).toMatchObject({
      code: 78,
      stderr: expect.stringContaining('[MIGRATION_TARGET_NOT_EMPTY]'),
    });
  });

  test('hides a password in its arguments from other users', async () => {
    const url = await newDatabase();
    const command = sidetone(['migrate', '--from', file, '--to', url]);
    await expect
      .poll(() => command.stderr(), { timeout: PATIENCE_MS })
      .toContain('Other users can have seen the password');
    const password = new URL(url).password;
    expect(readFileSync(`/proc/${command.pid}/cmdline`, 'utf8')).not.toContain(password);
    expect(await command.exit()).toBe(0);
    expect(command.stdout() + command.stderr()).not.toContain(password);
  });
});
