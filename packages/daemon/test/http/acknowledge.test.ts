/** A webhook is acknowledged only after its events are stored, whichever operation of the database fails. */
import type { ProviderEvent } from '@sidetone/core';
import { createFakeClock, type FakeClock } from '@sidetone/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { databaseOf, startTestDaemon, type TestDaemon } from '../support/daemon.ts';
import { createFailingDatabase, type FailingDatabase } from '../support/failing-database.ts';
import { event } from '../support/harness.ts';
import { tempDir } from '../support/temp-dir.ts';

let clock: FakeClock;
let it: TestDaemon;
let database: FailingDatabase;

async function start(limits: Record<string, number> = {}): Promise<void> {
  clock = createFakeClock();
  it = await startTestDaemon(tempDir(), { limits }, clock);
}

beforeEach(() => {
  database = createFailingDatabase();
});
afterEach(() => database.release());

const post = async (emitted: ProviderEvent): Promise<Response> =>
  fetch(it.url('providers/test/event'), { method: 'POST', body: JSON.stringify(emitted) });

/** The webhooks of a call. Each list is sent at once. */
function webhooks(call: string): readonly (readonly ProviderEvent[])[] {
  const final = (n: number, party: 'CUSTOMER' | 'ASSISTANT'): ProviderEvent =>
    event(
      'utterance.final',
      { party, text: `${call} says ${n}`, dedupeKey: `final ${n}` },
      { call, at: 2000 + n },
    );
  return [
    [event('call.started', { dedupeKey: 'started' }, { call })],
    [event('call.status', { status: 'IN_PROGRESS', dedupeKey: 'status' }, { call, at: 1500 })],
    [final(1, 'CUSTOMER'), final(2, 'ASSISTANT'), final(3, 'CUSTOMER')],
    [event('call.ended', { end: { category: 'BUSY' }, dedupeKey: 'ended' }, { call, at: 3000 })],
  ];
}

/** Sends events at once and returns those that were acknowledged. */
async function send(events: readonly ProviderEvent[]): Promise<ProviderEvent[]> {
  const statuses = await Promise.all(events.map(async (sent) => (await post(sent)).status));
  expect(statuses.filter((status) => status !== 200 && status !== 503)).toEqual([]);
  return events.filter((_, i) => statuses[i] === 200);
}

/** The dedupe keys of the stored events of a call. */
function storedKeys(call: string): string[] {
  const { db } = databaseOf(it);
  return db.$client
    .prepare<[string], string>(
      `select dedupe_key from events where dedupe_key is not null
       and call_id in (select id from calls where provider_call_id = ?)`,
    )
    .pluck()
    .all(call);
}

const keysOf = (events: readonly ProviderEvent[]): string[] =>
  events.map(({ dedupeKey }) => dedupeKey!).toSorted();

describe.each(['once', 'lasting'] as const)('when an operation of the database fails %s', (duration) => {
  test('every acknowledged event is stored once, and the others after a redelivery', async () => {
    await start();
    database.failAt(Infinity);
    for (const events of webhooks('recorded')) await send(events);
    const operations = database.operations;
    expect(operations).toBeGreaterThan(30);

    let rejected = 0;
    for (let n = 1; n <= operations; n++) {
      const call = `call-${n}`;
      const all = webhooks(call);
      database.failAt(n, duration);
      const acknowledged: ProviderEvent[] = [];
      for (const events of all) acknowledged.push(...(await send(events)));
      database.repair();
      await clock.advance(6000);
      expect(storedKeys(call), `operation ${n}`).toEqual(expect.arrayContaining(keysOf(acknowledged)));

      const missing = all.flat().filter((sent) => !acknowledged.includes(sent));
      rejected += missing.length;
      for (const sent of missing) expect(await send([sent]), `operation ${n}`).toEqual([sent]);
      const stored = storedKeys(call);
      // A start or a status that arrives after later events changes nothing.
      expect(stored, `operation ${n}`).toEqual(expect.arrayContaining(keysOf([...all[2]!, ...all[3]!])));
      expect(new Set(stored).size, `operation ${n}`).toBe(stored.length);
      expect((await fetch(it.url('readyz'))).status).toBe(200);
    }
    expect(rejected).toBeGreaterThan(operations / 2);
  });
});

describe('a webhook', () => {
  test.each(['SQLITE_CORRUPT', 'SQLITE_FULL', 'SQLITE_NOTADB', 'SQLITE_ERROR', 'SQLITE_AUTH'])(
    'is rejected with 503 while the database reports %s, and so is readiness',
    async (code) => {
      await start();
      database.failAt(1, 'lasting', code);
      for (let i = 0; i < 5; i++) {
        const response = await post(event('call.started', {}, { call: `call-${i}` }));
        expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5']);
      }
      expect((await fetch(it.url('readyz'))).status).toBe(503);
      const failed = it.lines.filter(({ message }) => message === 'database failed');
      expect(failed).toHaveLength(1);
      expect(failed[0]!.fields['remedy']).toMatch(/\.$/);
      database.repair();
    },
  );

  test('is rejected with 429 if an event exceeds limits.eventsPerSecond, and accepted a second later', async () => {
    await start({ eventsPerSecond: 100 });
    const sent = Array.from({ length: 14 }, (_, n) =>
      event('utterance.final', { party: 'CUSTOMER', text: `words ${n}`, dedupeKey: `final ${n}` }),
    );
    const statuses: number[] = [];
    for (const final of sent) statuses.push((await post(final)).status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(10);
    expect(statuses.slice(10)).toEqual([429, 429, 429, 429]);
    const rejected = await post(sent[13]!);
    expect(rejected.headers.get('retry-after')).toBe('1');
    expect(await rejected.text()).toContain('limits.eventsPerSecond');
    await clock.advance(1000);
    for (const final of sent.slice(10)) expect((await post(final)).status).toBe(200);
    expect(storedKeys('their-call').toSorted()).toEqual(keysOf(sent));
  });

  test('is acknowledged if only transient events exceed limits.eventsPerSecond', async () => {
    await start({ eventsPerSecond: 100 });
    const statuses: number[] = [];
    for (let n = 0; n < 10; n++)
      statuses.push(
        (await post(event('utterance.partial', { party: 'CUSTOMER', text: `words ${n}` }))).status,
      );
    expect(new Set(statuses)).toEqual(new Set([200]));
  });

  test('is rejected if its plugin emits the event after waiting', async () => {
    await start();
    it.script.answer = async () => {
      await new Promise((resolve) => setImmediate(resolve));
      database.failAt(1, 'once', 'SQLITE_CORRUPT');
      it.emit(event('call.started', {}));
      return { status: 200 };
    };
    expect((await fetch(it.url('providers/test/x'))).status).toBe(503);
  });
});
