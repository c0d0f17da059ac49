import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import type { CallRecord } from '@sidetone/core';
import { afterEach, expect, test } from 'vitest';
import { CursorReader } from '../../src/live/cursor-reader.ts';
import { RecordHub } from '../../src/live/record-hub.ts';
import { createHarness, numberedUtterance, type Harness } from '../support/harness.ts';
import { tempDir } from '../support/temp-dir.ts';

const EVERY_CALL = (): boolean => true;

const root = tempDir();
let count = 0;
let harness: Harness | undefined;

function open(dir = join(root, String(count++))): { harness: Harness; dir: string } {
  mkdirSync(dir, { recursive: true });
  harness = createHarness(dir);
  return { harness, dir };
}

afterEach(() => {
  harness?.close();
  harness = undefined;
});

const TYPES = ['UTTERANCE_FINALIZED'] as const;
const textOf = ({ fact }: CallRecord): string =>
  fact.type === 'UTTERANCE_FINALIZED' ? fact.utterance.text : '';

async function readAll(reader: CursorReader): Promise<string[]> {
  const texts: string[] = [];
  for (let record = await reader.pull(); record; record = await reader.pull()) texts.push(textOf(record));
  return texts;
}

test('a reader that paused for 5,000 events receives all of them in order', async () => {
  const { harness } = open();
  const reader = new CursorReader(harness.hub, harness.eventLog, { types: TYPES }, 0, EVERY_CALL);
  const numbers = Array.from({ length: 5000 }, (_, i) => i);
  for (const number of numbers) harness.emit(numberedUtterance(number, `call-${number % 7}`));
  await harness.ingest.committed();
  expect(await readAll(reader)).toEqual(numbers.map((number) => `words ${number}`));
});

test('a reader of one call receives no records of others while it catches up', async () => {
  const { harness } = open();
  const matching = harness.emit(numberedUtterance(0, 'matching'));
  const reader = new CursorReader(
    harness.hub,
    harness.eventLog,
    { callId: matching, types: TYPES },
    0,
    EVERY_CALL,
  );
  for (let i = 1; i < 4000; i++) harness.emit(numberedUtterance(i, i % 1000 === 0 ? 'matching' : 'other'));
  await harness.ingest.committed();
  expect(await readAll(reader)).toEqual(['words 0', 'words 1000', 'words 2000', 'words 3000']);
  harness.emit(numberedUtterance(4000, 'matching'));
  await harness.ingest.committed();
  expect(await readAll(reader)).toEqual(['words 4000']);
});

type Step = { do: 'append'; many: number } | { do: 'pull'; many: number } | { do: 'crash' };
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ do: fc.constant('append' as const), many: fc.integer({ min: 1, max: 900 }) }),
    },
    {
      weight: 4,
      arbitrary: fc.record({ do: fc.constant('pull' as const), many: fc.integer({ min: 1, max: 700 }) }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('crash' as const) }) },
  ),
  { minLength: 1, maxLength: 12 },
);

test('any interleaving of appends, pulls and crashes delivers every match once, in order', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (plan) => {
      let { harness, dir } = open();
      let reader = new CursorReader(harness.hub, harness.eventLog, { types: TYPES }, 0, EVERY_CALL);
      let appended = 0;
      let cursor = 0;
      const received: string[] = [];
      const pull = async (many: number): Promise<void> => {
        for (let i = 0; i < many; i++) {
          const record = await reader.pull();
          if (!record) return;
          cursor = record.position;
          received.push(textOf(record));
        }
      };
      for (const step of plan) {
        if (step.do === 'append') {
          for (let i = 0; i < step.many; i++) harness.emit(numberedUtterance(appended++));
          await harness.ingest.committed();
        } else if (step.do === 'pull') {
          await pull(step.many);
        } else {
          harness.database.close();
          ({ harness } = open(dir));
          reader = new CursorReader(harness.hub, harness.eventLog, { types: TYPES }, cursor, EVERY_CALL);
        }
      }
      await pull(Number.MAX_SAFE_INTEGER);
      harness.close();
      expect(received).toEqual(Array.from({ length: appended }, (_, i) => `words ${i}`));
    }),
    { numRuns: 25 },
  );
  harness = undefined;
});

test('a reader leaves records that are ahead of the others for later, also in a page of the log', async () => {
  const { harness } = open();
  harness.emit(numberedUtterance(0));
  await harness.ingest.committed();
  // As on a node that has not received what another one has stored.
  const hub = new RecordHub(harness.hub.position);
  const after = harness.hub.position - 1;
  const reader = new CursorReader(hub, harness.eventLog, { types: TYPES }, after, EVERY_CALL);
  const ahead = new CursorReader(hub, harness.eventLog, {}, after + 2, EVERY_CALL);
  harness.emit(numberedUtterance(1));
  await harness.ingest.committed();
  expect(await readAll(reader)).toEqual(['words 0']);
  expect(ahead.lag).toBe(0);
  harness.emit(numberedUtterance(2));
  await harness.ingest.committed();
  hub.publish(await harness.eventLog.page(hub.position, 10, {}));
  expect(await readAll(reader)).toEqual(['words 1', 'words 2']);
  expect(await readAll(ahead)).toEqual(['words 2']);
});
