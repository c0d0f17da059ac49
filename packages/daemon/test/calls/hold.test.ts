/** Legal holds: they outlive a restart, are seen and found, and stop every erasure. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { CallId } from '@sidetone/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Erasure } from '../../src/calls/erasure.ts';
import { HoldService, MAX_HOLD_REASON_CHARACTERS } from '../../src/calls/hold-service.ts';
import { createAuditReader } from '../../src/store/audit/reader.ts';
import { createHarness, event, type Harness } from '../support/harness.ts';
import { createTestLog } from '../support/silent-log.ts';
import { tempDir } from '../support/temp-dir.ts';

const root = tempDir();
let count = 0;
let dir: string;
let harness: Harness;
let holds: HoldService;
let erasure: Erasure;

function open(): void {
  harness = createHarness(dir);
  holds = new HoldService(harness);
  erasure = new Erasure({ ...harness, feed: harness.hub, log: createTestLog().log('') });
}

beforeEach(() => {
  dir = join(root, String(count++));
  mkdirSync(dir);
  open();
});
afterEach(() => harness.close());

async function anEndedCall(): Promise<CallId> {
  const callId = harness.emit(event('call.ended', { end: { category: 'BUSY' } }));
  await harness.ingest.committed();
  return callId;
}

test('a held call is not erased, also after a restart, until the hold is released', async () => {
  const callId = await anEndedCall();
  const held = await holds.place(callId, ' case 7 ', 'ada');
  expect(held.hold).toEqual({ by: 'ada', at: harness.clock.now(), reason: 'case 7' });
  await expect(erasure.eraseCall(callId)).rejects.toMatchObject({ code: 'CALL_HELD' });
  harness.close();
  open();
  await expect(erasure.eraseCall(callId)).rejects.toMatchObject({ code: 'CALL_HELD' });
  expect((await holds.release(callId, 'grace')).hold).toBeUndefined();
  expect(await erasure.eraseCall(callId)).toBe('ERASED');
});

test('who placed and released it is in the audit log, without the reason', async () => {
  const callId = await anEndedCall();
  await holds.place(callId, 'case 7', 'ada');
  await holds.place(callId, 'again', 'grace');
  await holds.release(callId, 'grace');
  await holds.release(callId, 'grace');
  const entries = [...createAuditReader(harness.database.db.$client).entries({ callId })];
  expect(entries.map(({ action, by, details }) => [action, by, details])).toEqual([
    ['HOLD_PLACED', 'ada', undefined],
    ['HOLD_RELEASED', 'grace', undefined],
  ]);
});

test('a hold of an unknown call, and a reason that is too long, are rejected', async () => {
  await expect(holds.place('call_nowhere' as CallId, undefined, 'ada')).rejects.toMatchObject({
    code: 'CALL_NOT_FOUND',
  });
  const long = 'x'.repeat(MAX_HOLD_REASON_CHARACTERS + 1);
  await expect(holds.place(await anEndedCall(), long, 'ada')).rejects.toMatchObject({
    code: 'INPUT_INVALID',
  });
});
