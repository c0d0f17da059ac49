import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { CallId } from '@sidetone/core';
import { createFakeClock, type FakeClock } from '@sidetone/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { WaveformPiece, WaveformStore } from '../../src/audio/ports.ts';
import type { AtOnce } from '../../src/now-or-later.ts';
import {
  FLUSH_MS,
  MAX_WAITING_PIECES,
  PIECE_SLOTS,
  SLOT_MS,
  Waveforms,
} from '../../src/audio/waveforms/waveforms.ts';
import { openDatabase, type Database } from '../../src/store/database.ts';
import { createWaveformStore } from '../../src/store/media.ts';
import { createTestLog } from '../support/silent-log.ts';
import { tempDir } from '../support/temp-dir.ts';

const CALL = 'call_1' as CallId;
const MINUTE_MS = PIECE_SLOTS * SLOT_MS;
const root = tempDir();
let count = 0;
let database: Database;
let clock: FakeClock;
let store: AtOnce<WaveformStore>;

beforeEach(() => {
  const dir = join(root, String(count++));
  mkdirSync(dir);
  database = openDatabase(join(dir, 'w.db'), 'normal');
  clock = createFakeClock(Date.UTC(2026, 0, 5, 9));
  store = createWaveformStore(database.db);
});
afterEach(() => database.close());

const create = (options: { store?: WaveformStore; isKept?: boolean } = {}) =>
  new Waveforms({ store, clock, log: createTestLog().log(''), isKept: true, ...options });

const rows = (): number =>
  database.db.$client.prepare('select count(*) from waveforms').pluck().get() as number;

describe('Waveforms', () => {
  test('keeps the peak of each 100 ms, rounded to 0.5 dB', async () => {
    const waveforms = create();
    const at = clock.now();
    for (const [ms, db] of [
      [0, -30],
      [40, -10.2],
      [80, -50],
      [100, -20],
      [300, 3],
    ] as const)
      waveforms.note(CALL, 'CUSTOMER', db, at + ms);
    waveforms.note(CALL, 'ASSISTANT', -200, at);
    expect(await waveforms.read(CALL, at, at + 400, 4)).toEqual([
      { party: 'CUSTOMER', peaksDb: [-10, -20, -90, 0] },
      { party: 'ASSISTANT', peaksDb: [-90, -90, -90, -90] },
    ]);
  });

  test('returns the largest peak of each point, for more or fewer points than readings', async () => {
    const waveforms = create();
    const at = clock.now();
    for (let slot = 0; slot < 10; slot++) waveforms.note(CALL, 'CUSTOMER', -slot, at + slot * SLOT_MS);
    const read = async (points: number) => (await waveforms.read(CALL, at, at + 1000, points))[0]?.peaksDb;
    expect(await read(2)).toEqual([0, -5]);
    expect(await read(1)).toEqual([0]);
    expect(await read(20)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9].flatMap((db) => [0 - db, 0 - db]));
    expect((await waveforms.read(CALL, at + 500, at + 600, 1))[0]?.peaksDb).toEqual([-5]);
  });

  test('keeps late readings of the previous minute, also after writes', async () => {
    const waveforms = create();
    const at = clock.now();
    const note = (ms: number, db: number): void => waveforms.note(CALL, 'CUSTOMER', db, at + ms);
    note(MINUTE_MS - 300, -10);
    note(MINUTE_MS + 100, -20);
    note(MINUTE_MS - 200, -30);
    await waveforms.flush();
    note(MINUTE_MS - 100, -40);
    note(MINUTE_MS, -50);
    // Earlier minutes are not changed any more.
    note(-1, -1);
    await waveforms.flush();
    for (const source of [waveforms, create()])
      expect(await source.read(CALL, at + MINUTE_MS - 300, at + MINUTE_MS + 200, 5)).toEqual([
        { party: 'CUSTOMER', peaksDb: [-10, -30, -40, -50, -20] },
      ]);
    expect(rows()).toBe(2);
  });

  test('stores changed pieces every few seconds and reads them back after a restart', async () => {
    const waveforms = create();
    const at = clock.now();
    for (let i = 0; i < 1500; i++) {
      waveforms.note(CALL, 'CUSTOMER', -(i % 80), clock.now());
      await clock.advance(100);
    }
    const before = await waveforms.read(CALL, at, clock.now(), 700);
    expect(rows()).toBe(3);
    await clock.advance(FLUSH_MS);
    expect(clock.pending).toBe(0);
    expect(await create().read(CALL, at, at + 150_000, 700)).toEqual(before);
  });

  test('continues a minute after a restart', async () => {
    const at = clock.now();
    const first = create();
    first.note(CALL, 'CUSTOMER', -10, at);
    await first.flush();
    const second = create();
    second.note(CALL, 'CUSTOMER', -20, at + 100);
    await second.flush();
    expect((await create().read(CALL, at, at + 200, 2))[0]?.peaksDb).toEqual([-10, -20]);
    expect(rows()).toBe(1);
  });

  test('keeps pieces in memory while writes fail, up to a limit', async () => {
    let isBroken = true;
    const waveforms = create({
      store: {
        ...store,
        put(pieces) {
          if (isBroken) throw new Error('the disk is full');
          store.put(pieces);
        },
      },
    });
    const at = clock.now();
    waveforms.note(CALL, 'CUSTOMER', -10, at);
    await clock.advance(2 * FLUSH_MS);
    waveforms.note(CALL, 'CUSTOMER', -20, at + MINUTE_MS);
    expect((await waveforms.read(CALL, at, at + SLOT_MS, 1))[0]?.peaksDb).toEqual([-10]);
    isBroken = false;
    await clock.advance(FLUSH_MS);
    expect(rows()).toBe(2);
    isBroken = true;
    for (let i = 0; i < MAX_WAITING_PIECES + 13; i++)
      waveforms.note(CALL, 'CUSTOMER', -10, at + (2 + i) * MINUTE_MS);
    expect(waveforms.dropped).toBe(11);
  });

  test('returns nothing for unmetered calls, if disabled, and after an erasure', async () => {
    const waveforms = create();
    const disabled = create({ isKept: false });
    const at = clock.now();
    disabled.note(CALL, 'CUSTOMER', -10, at);
    waveforms.note(CALL, 'CUSTOMER', -10, at);
    waveforms.forget(CALL);
    await waveforms.flush();
    expect([disabled, waveforms].map((each) => each.read(CALL, at, at + 100, 1))).toEqual([[], []]);
    expect(rows()).toBe(0);
  });
});

describe('a store that answers later', () => {
  const later = (fails: () => boolean): WaveformStore => ({
    put: (pieces: readonly WaveformPiece[]) => answer(fails, () => store.put(pieces)),
    get: (...key) => answer(fails, () => store.get(...key)),
    list: (callId) => answer(fails, () => store.list(callId)),
  });

  async function answer<Value>(fails: () => boolean, read: () => Value): Promise<Value> {
    await Promise.resolve();
    if (fails()) throw new Error('the server is gone');
    return read();
  }

  test('merges the stored readings of a minute that continues, also if they cannot be read at first', async () => {
    const at = clock.now();
    const first = create();
    first.note(CALL, 'CUSTOMER', -10, at);
    first.note(CALL, 'CUSTOMER', -30, at + 100);
    await first.flush();
    let isBroken = true;
    const second = create({ store: later(() => isBroken) });
    second.note(CALL, 'CUSTOMER', -20, at + 100);
    await clock.advance(FLUSH_MS);
    isBroken = false;
    await clock.advance(3 * FLUSH_MS);
    expect((await create().read(CALL, at, at + 200, 2))[0]?.peaksDb).toEqual([-10, -20]);
  });

  test('keeps pieces whose write fails, except those of an erased call', async () => {
    const erased = 'call_erased' as typeof CALL;
    let isBroken = false;
    const waveforms = create({ store: later(() => isBroken) });
    const at = clock.now();
    for (const id of [CALL, erased]) waveforms.note(id, 'CUSTOMER', -10, at);
    await clock.advance(1);
    isBroken = true;
    const flushed = waveforms.flush();
    waveforms.forget(erased);
    await flushed;
    expect(rows()).toBe(0);
    isBroken = false;
    await clock.advance(2 * FLUSH_MS);
    expect(rows()).toBe(1);
    expect(await create().read(CALL, at, at + 100, 1)).toHaveLength(1);
    expect(await create().read(erased, at, at + 100, 1)).toEqual([]);
  });
});
