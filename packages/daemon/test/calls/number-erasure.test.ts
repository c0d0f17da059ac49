/** Everything of one number is found in any notation and erased; calls of other numbers are not. */
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CallId, Command, CommandId } from '@sidetone/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Erasure } from '../../src/calls/erasure.ts';
import { HoldService } from '../../src/calls/hold-service.ts';
import { NumberErasure, type NumberErasureDeps } from '../../src/calls/number-erasure.ts';
import { createAuditReader } from '../../src/store/audit/reader.ts';
import { secretOf } from '../../src/store/secrets.ts';
import { createHarness, event, type Harness } from '../support/harness.ts';
import { createTestLog } from '../support/silent-log.ts';
import { tempDir } from '../support/temp-dir.ts';

const NUMBER = '+919876543210';
const OTHERS = ['+919876543211', '+9198765432101', '9198765432', '+15005550006', '6543210'];
const NOTATIONS = [
  NUMBER,
  '+91 98765-43210',
  '0091 98765 43210',
  '919876543210',
  '09876543210',
  '9876543210',
  'sip:+919876543210@example.com',
  'tel:+91-98765-43210',
];
const root = tempDir();
let count = 0;
let dir: string;
let harness: Harness;
let erasure: Erasure;
let subject: NumberErasure;

beforeEach(() => {
  dir = join(root, String(count++));
  mkdirSync(dir);
  harness = createHarness(dir);
  erasure = new Erasure({ ...harness, feed: harness.hub, log: createTestLog().log('') });
  const key = (): Buffer => secretOf(harness.database.db, 'erased_number_key');
  const find: NumberErasureDeps['find'] = async (filter, limit) =>
    (await harness.history.calls(filter, { limit, backward: false })).rows;
  subject = new NumberErasure({ ...harness, find, erasure, countries: { byProvider: {} }, key });
});
afterEach(async () => {
  await erasure.close();
  harness.close();
});

let calls = 0;
function aCall(details: { from?: string; to?: string }, isLive = false): CallId {
  const call = `call-${calls++}`;
  const callId = harness.emit(event('call.started', { details, status: 'IN_PROGRESS' }, { call }));
  harness.emit(event('utterance.final', { party: 'CUSTOMER', text: `secret of ${call}` }, { call }));
  if (!isLive) harness.emit(event('call.ended', { end: { category: 'BUSY' } }, { call }));
  return callId;
}

const command = (id: string, to: string): Command => ({
  id: id as CommandId,
  kind: 'PLACE_CALL',
  arguments: { to: '', providerOptions: { customer: { number: to } } },
  status: 'REFUSED',
  requestedBy: 'ada',
  requestedAt: 1,
});
const filesHave = (text: string): boolean =>
  readdirSync(dir).some((name) => readFileSync(join(dir, name)).includes(text));
const entries = () =>
  [...createAuditReader(harness.database.db.$client).entries()].filter(
    ({ action }) => action === 'ERASE_NUMBER',
  );

describe('a number', () => {
  test.each(['+919876543210', '0091 98765 43210', 'tel:+91-98765-43210'])(
    'given as %s is erased in every notation, with failed attempts to call it',
    async (given) => {
      for (const from of NOTATIONS) aCall({ from });
      aCall({ from: '+15005550001', to: NUMBER });
      const others = OTHERS.map((to) => aCall({ to }));
      harness.ledger.putCommand(command('failed', '+91 98765 43210'));
      harness.ledger.putCommand(command('other', '+91 98765 43219'));
      expect(await subject.erase(given, 100, 'ada')).toEqual({
        status: 'ERASED',
        calls: NOTATIONS.length + 1,
        commands: 1,
        held: [],
        live: [],
      });
      const left = await harness.history.calls({}, { limit: 50, backward: false });
      expect(left.rows.map(({ id }) => id).toSorted()).toEqual(others.toSorted());
      expect(harness.ledger.loneCommands(undefined, 10).map(({ id }) => id)).toEqual(['other']);
      expect(await subject.erase(given, 100, 'ada')).toMatchObject({ status: 'NOT_FOUND' });
    },
  );

  test('is in no file afterwards, and the audit log has only a keyed digest of it', async () => {
    for (const from of ['+919876543210', '9876543210']) aCall({ from });
    await harness.ingest.committed();
    expect([filesHave('9876543210'), filesHave('secret of')]).toEqual([true, true]);
    await subject.erase('9876543210', 100, 'ada');
    await subject.erase('+91 98765 43210', 100, 'ada');
    expect([filesHave('9876543210'), filesHave('0123456789'), filesHave('secret of')]).toEqual([
      false,
      false,
      false,
    ]);
    expect(entries()).toMatchObject([
      { by: 'ada', details: { number: expect.stringMatching(/^[0-9a-f]{16}$/), calls: 1, commands: 0 } },
      { by: 'ada', details: { calls: 1 } },
    ]);
  });

  test('with many calls takes several requests', async () => {
    for (let i = 0; i < 5; i++) aCall({ from: NUMBER });
    harness.ledger.putCommand(command('failed', NUMBER));
    const results = [];
    for (let i = 0; i < 3; i++) results.push(await subject.erase(NUMBER, 2, 'ada'));
    expect(results.map(({ status, calls: erased, commands }) => [status, erased, commands])).toEqual([
      ['MORE', 2, 0],
      ['MORE', 2, 0],
      ['ERASED', 1, 1],
    ]);
  });

  test('of held and live calls is kept and reported', async () => {
    const held = aCall({ from: NUMBER });
    const live = aCall({ from: NUMBER }, true);
    aCall({ from: NUMBER });
    await harness.ingest.committed();
    await new HoldService(harness).place(held, undefined, 'ada');
    expect(await subject.erase(NUMBER, 100, 'ada')).toMatchObject({
      status: 'ERASED',
      calls: 1,
      held: [held],
      live: [live],
    });
  });

  test.each(['', '12', 'nobody', '+91 98765 43210 or another', '1'.repeat(21)])(
    'is rejected if it is not complete: %s',
    async (given) => {
      await expect(subject.erase(given, 100, 'ada')).rejects.toMatchObject({
        code: 'INPUT_INVALID',
        message: 'number: expected a complete telephone number',
      });
    },
  );
});
