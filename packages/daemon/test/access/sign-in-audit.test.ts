import { createFakeClock, type FakeClock } from '@sidetone/testkit';
import { beforeEach, expect, test } from 'vitest';
import type { AuditEntry } from '../../src/access/audit.ts';
import { FailedSignIns } from '../../src/access/failed-sign-ins.ts';
import {
  ENTRIES_PER_MINUTE,
  MAX_ENTRIES_AT_ONCE,
  MAX_KEPT_REPORTS,
  SignInAudit,
} from '../../src/access/sign-in-audit.ts';
import { createTestLog } from '../support/silent-log.ts';

const MINUTE_MS = 60_000;
let clock: FakeClock;
let signIns: FailedSignIns;
let audit: SignInAudit;
let entries: AuditEntry[];
let isFull: boolean;

beforeEach(() => {
  clock = createFakeClock();
  entries = [];
  isFull = false;
  const append = (...added: AuditEntry[]): void => {
    if (isFull) throw new Error('the disk is full');
    entries.push(...added);
  };
  audit = new SignInAudit({ audit: { append }, clock, log: createTestLog().log('audit') });
  signIns = new FailedSignIns({ clock, failedSignInsPerSecond: 10 });
  signIns.onFailures((report) => audit.observe(report));
});

const fail = (address: string, entrance: 'GRAPHQL' | 'LISTEN' = 'GRAPHQL') =>
  signIns.record({ address, entrance });
const details = () => entries.map((entry) => ('details' in entry ? entry.details : undefined));
const totalFailures = () =>
  details().reduce((total, each) => total + (each as { failures: number }).failures, 0);

test('writes one entry for 22,000 guesses of one address in a minute', async () => {
  for (let i = 0; i < 22_000; i++) fail('192.0.2.1');
  expect(entries).toEqual([]);
  await clock.advance(MINUTE_MS);
  expect(entries).toEqual([
    {
      at: clock.now(),
      by: '-',
      action: 'SIGN_IN_FAILED',
      details: { failures: 22_000, address: '192.0.2.1', entrance: 'GRAPHQL' },
    },
  ]);
});

test('writes an entry for each minute, address and entrance, most failures first', async () => {
  fail('192.0.2.1');
  for (let i = 0; i < 3; i++) fail('192.0.2.2', 'LISTEN');
  await clock.advance(MINUTE_MS);
  fail('192.0.2.1');
  await clock.advance(MINUTE_MS);
  expect(details()).toEqual([
    { failures: 3, address: '192.0.2.2', entrance: 'LISTEN' },
    { failures: 1, address: '192.0.2.1', entrance: 'GRAPHQL' },
    { failures: 1, address: '192.0.2.1', entrance: 'GRAPHQL' },
  ]);
});

test('limits the entries of a flood from many addresses, and counts every failure', async () => {
  const minutes = 30;
  for (let minute = 0; minute < minutes; minute++) {
    for (let i = 0; i < 1000; i++) fail(`198.51.${minute}.${i}`);
    await clock.advance(MINUTE_MS);
  }
  const mostEntries = MAX_ENTRIES_AT_ONCE + minutes * ENTRIES_PER_MINUTE + minutes;
  expect(entries.length).toBeLessThanOrEqual(mostEntries);
  expect(totalFailures()).toBe(minutes * 1000);
  expect(details().at(-1)).toEqual({ failures: expect.any(Number), address: 'other' });
});

test('writes the current minute when the daemon stops', async () => {
  fail('192.0.2.1');
  signIns.close();
  await clock.settle();
  expect(details()).toEqual([{ failures: 1, address: '192.0.2.1', entrance: 'GRAPHQL' }]);
});

test('writes later what could not be stored, and keeps a bounded number of addresses', async () => {
  isFull = true;
  for (let minute = 0; minute < 5; minute++) {
    for (let i = 0; i < 100; i++) fail(`198.51.${minute}.${i}`);
    await clock.advance(MINUTE_MS);
  }
  expect(entries).toEqual([]);
  isFull = false;
  await clock.advance(MINUTE_MS);
  expect(totalFailures()).toBe(500);
  expect(entries.length).toBeLessThanOrEqual(MAX_KEPT_REPORTS + 1);
  expect(details()).toContainEqual({ failures: 1, address: '198.51.0.0', entrance: 'GRAPHQL' });
});

test('stops retrying when it is closed', async () => {
  isFull = true;
  fail('192.0.2.1');
  await clock.advance(MINUTE_MS);
  audit.close();
  isFull = false;
  await clock.advance(10 * MINUTE_MS);
  expect(entries).toEqual([]);
});
