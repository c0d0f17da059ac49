/** The leases of duties in the database: one node has a duty, until its lease ends or it is excluded. */
import { createFakeClock } from '@sidetone/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DUTY_LEASE_MS } from '../../src/duties/held-duties.ts';
import { createDutyLeases } from '../../src/store/postgres/nodes/duty-leases.ts';
import { joinStore, type Membership } from '../../src/store/postgres/nodes/join.ts';
import { fence } from '../../src/store/postgres/nodes/members.ts';
import { openPostgres, type PostgresStore } from '../../src/store/postgres/open-postgres.ts';
import { createTestLog } from '../support/silent-log.ts';
import { createDatabase, hasServer } from './support/database.ts';

describe.skipIf(!hasServer)('the leases of duties', () => {
  const stores: PostgresStore[] = [];
  const members: Membership[] = [];
  beforeAll(async () => {
    const url = await createDatabase();
    for (const name of ['a', 'b']) {
      const store = await openPostgres({ url });
      stores.push(store);
      const options = { name, version: '1.0.0', isCluster: true, clock: createFakeClock() };
      const log = createTestLog().log('');
      members.push(await joinStore(store.session, { ...options, log, onFenced: () => undefined }));
    }
    afterAll(async () => {
      for (const member of members) await member.leave();
      for (const store of stores) await store.close();
    });
  });
  beforeEach(() => stores[0]!.session.run({ text: 'delete from duties' }));
  const leasesOf = (index: number) => createDutyLeases(stores[index]!.session);

  test('one of two nodes that ask at once has the duty, and renews it', async () => {
    const results = await Promise.all(
      [0, 1].map((index) => leasesOf(index).take(['retention'], DUTY_LEASE_MS)),
    );
    expect(results.flat()).toEqual(['retention']);
    const owner = results[0]!.length === 1 ? 0 : 1;
    expect(await leasesOf(owner).take(['retention', 'expiry'], DUTY_LEASE_MS)).toEqual([
      'expiry',
      'retention',
    ]);
    expect(await leasesOf(1 - owner).take(['retention', 'filling'], DUTY_LEASE_MS)).toEqual(['filling']);
  });

  test('another node takes a duty when its lease has ended, or when it was released', async () => {
    await leasesOf(0).take(['retention'], -1);
    expect(await leasesOf(1).take(['retention'], DUTY_LEASE_MS)).toEqual(['retention']);
    await leasesOf(0).release(['retention']);
    expect(await leasesOf(0).take(['retention'], DUTY_LEASE_MS)).toEqual([]);
    await leasesOf(1).release(['retention']);
    expect(await leasesOf(0).take(['retention'], DUTY_LEASE_MS)).toEqual(['retention']);
  });

  test('a node that was excluded loses its duties at once, and accepts no other', async () => {
    await leasesOf(0).take(['retention'], DUTY_LEASE_MS);
    await fence(stores[1]!.session, members[0]!.epoch, members[1]!.epoch);
    expect(await leasesOf(1).take(['retention'], DUTY_LEASE_MS)).toEqual(['retention']);
    expect(await leasesOf(0).take(['expiry'], DUTY_LEASE_MS)).toEqual([]);
  });
});
