/** A copy of a database that was restored, by the statements of the guide. */
import { isFault } from '@sidetone/core';
import { createFakeClock } from '@sidetone/testkit';
import { expect, test } from 'vitest';
import { createCursors, type Cursors } from '../../src/calls/cursor.ts';
import { joinStore } from '../../src/store/postgres/nodes/join.ts';
import { openPostgres, type PostgresStore } from '../../src/store/postgres/open-postgres.ts';
import { blocksOf, follow } from '../../../../test/support/commands.ts';
import { DraftMaker } from '../store/suites/drafts.ts';
import { createTestLog } from '../support/silent-log.ts';
import { administer, createDatabase, hasServer } from './support/database.ts';
import { storeOn } from './support/store.ts';

const GUIDE = 'docs/guide/operate-postgresql.md';
/** The first block of SQL in the guide. */
const EXCLUSION = blocksOf(GUIDE).find(({ language }) => language === 'sql')!;

interface Running {
  readonly store: PostgresStore;
  readonly cursors: (latest: number) => Cursors;
}

async function startNode(url: string, name: string): Promise<Running> {
  const store = await openPostgres({ url });
  const { epochs } = await joinStore(store.session, {
    name,
    version: '1.0.0',
    isCluster: true,
    clock: createFakeClock(),
    log: createTestLog().log('store'),
    onFenced: () => undefined,
  });
  return { store, cursors: (latest) => createCursors({ ...store, epochs, latest: () => latest }) };
}

const codeOf = (task: () => unknown): string => {
  try {
    task();
    return 'none';
  } catch (error) {
    return isFault(error) ? error.code : String(error);
  }
};

test.skipIf(!hasServer)('a restored copy rejects cursors of lost events, and daemons that ran', async () => {
  follow(GUIDE);
  const [url, copy] = [await createDatabase(), await createDatabase()];
  const maker = new DraftMaker();
  const first = await startNode(url, 'first');
  await storeOn(first.store).ledger.commit([maker.start('kept')]);
  const kept = first.cursors(1).encode(1);
  await first.store.close();
  const [from, to] = [url, copy].map((address) => new URL(address).pathname.slice(1));
  await administer(`drop database ${to}`, `create database ${to} template ${from}`);
  const second = await startNode(url, 'second');
  await storeOn(second.store).ledger.commit([maker.start('lost')]);
  const lost = second.cursors(2).encode(2);
  await second.store.close();

  // The first node connects again, to the copy.
  const forgotten = await openPostgres({ url: copy });
  forgotten.session.epoch = first.store.session.epoch;
  await forgotten.session.run({ text: EXCLUSION.text });
  const late = storeOn(forgotten).ledger.commit([maker.start('late')]);
  await expect(late).rejects.toMatchObject({ code: 'NODE_FENCED' });
  await forgotten.close();

  const third = await startNode(copy, 'third');
  await storeOn(third.store).ledger.commit([maker.start('new'), maker.start('newer')]);
  const cursors = third.cursors(3);
  expect(cursors.decode(kept)).toBe(1);
  expect(codeOf(() => cursors.decode(lost))).toBe('CURSOR_LOG_REPLACED');
  await third.store.close();
});
