import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Call } from '@sidetone/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { KeysetPosition } from '../../../src/history/paging.ts';
import { createHarness, event, numberedUtterance, type Harness } from '../../support/harness.ts';
import { tempDir } from '../../support/temp-dir.ts';

const dir = join(tempDir(), 'history');
let harness: Harness;

/** Pairs of calls with the same creation time, so that the id breaks the tie. */
beforeAll(async () => {
  mkdirSync(dir);
  harness = createHarness(dir);
  for (let i = 0; i < 20; i++) {
    const at = 1000 + Math.floor(i / 2);
    harness.emit(
      event(
        'call.started',
        { details: { direction: i % 3 === 0 ? 'INBOUND' : 'OUTBOUND' } },
        { call: `c${i}`, at },
      ),
    );
    if (i % 4 === 0) harness.emit(event('call.ended', { end: { category: 'BUSY' } }, { call: `c${i}`, at }));
  }
  for (let i = 0; i < 5; i++) harness.emit(numberedUtterance(i, 'c0'));
  await harness.ingest.committed();
});
afterAll(() => harness.close());

const positionOf = (call: Call): KeysetPosition => ({ key: call.createdAt, id: call.id });

async function walk(
  backward: boolean,
  whileWalking: () => Promise<void> = async () => undefined,
): Promise<string[]> {
  const seen: string[] = [];
  let position: KeysetPosition | undefined;
  for (;;) {
    const from = position && (backward ? { before: position } : { after: position });
    const page = await harness.history.calls({}, { limit: 3, backward, ...from });
    const names = page.rows.map((call) => call.providerCallId as string);
    if (backward) seen.unshift(...names);
    else seen.push(...names);
    await whileWalking();
    const edge = backward ? page.rows[0] : page.rows.at(-1);
    if (!page.more || !edge) return seen;
    position = positionOf(edge);
  }
}

describe('paging through calls', () => {
  test('returns every call once, newest first, in both directions', async () => {
    const forward = await walk(false);
    expect(new Set(forward).size).toBe(20);
    expect(await walk(true)).toEqual(forward);
    const ages = await Promise.all(
      forward.map(
        async (name) =>
          (await harness.history.calls({}, { limit: 20, backward: false })).rows.find(
            (call) => call.providerCallId === name,
          )!.createdAt,
      ),
    );
    expect(ages).toEqual(ages.toSorted((a, b) => b - a));
  });

  test('returns every call once while new ones are added', async () => {
    let arrived = 0;
    const before = await walk(false);
    const seen = await walk(false, async () => {
      harness.emit(event('call.started', {}, { call: `new${arrived}`, at: 5000 + arrived++ }));
      await harness.ingest.committed();
    });
    expect(seen).toEqual(before);
  });
});

describe('a filter', () => {
  const countOf = async (filter: Parameters<Harness['history']['calls']>[0]): Promise<number> => {
    const { rows } = await harness.history.calls(filter, { limit: 1000, backward: false });
    expect(await harness.history.countCalls(filter)).toBe(rows.length);
    return rows.length;
  };

  test('applies to pages and counts, and combines its conditions', async () => {
    expect(await countOf({ live: false })).toBe(5);
    expect(await countOf({ statuses: ['ENDED'] })).toBe(5);
    expect(await countOf({ directions: ['INBOUND'] })).toBe(7);
    expect(await countOf({ directions: ['INBOUND'], live: false })).toBe(2);
    expect(await countOf({ createdAfter: 1005, createdBefore: 1007 })).toBe(4);
    expect(await countOf({ providerIds: [] })).toBe(0);
  });
});

test('utterances are ordered by the time at which they were spoken, in both directions', async () => {
  const { rows } = await harness.history.calls({ live: false }, { limit: 1000, backward: false });
  const call = rows.find(({ providerCallId }) => providerCallId === 'c0')!;
  const textsOf = async (page: Parameters<Harness['history']['utterances']>[1]): Promise<string[]> =>
    (await harness.history.utterances(call.id, page)).rows.map(({ utterance }) => utterance.text);
  expect(await textsOf({ limit: 10, backward: false })).toEqual([0, 1, 2, 3, 4].map((i) => `words ${i}`));
  expect(await textsOf({ limit: 2, backward: true })).toEqual(['words 3', 'words 4']);
  const { rows: utterances } = await harness.history.utterances(call.id, { limit: 10, backward: false });
  const middle = { key: utterances[2]!.orderMs, id: utterances[2]!.utterance.id };
  expect(await textsOf({ limit: 10, backward: false, after: middle })).toEqual(['words 3', 'words 4']);
  expect(await textsOf({ limit: 10, backward: true, before: middle })).toEqual(['words 0', 'words 1']);
});
