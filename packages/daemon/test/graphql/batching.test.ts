/** The number of SQL statements of a query: the same for a page of fifty calls as for a page of ten. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { execute, parse } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createCursors } from '../../src/calls/cursor.ts';
import { LOCAL_VIEWER } from '../../src/access/viewer.ts';
import type { SchemaDeps } from '../../src/graphql/builder.ts';
import { createSchema } from '../../src/graphql/schema.ts';
import { createLocalHistory } from '../support/history.ts';
import * as tables from '../../src/store/schema.ts';
import { createHarness, event, numberedUtterance, type Harness } from '../support/harness.ts';
import { tempDir } from '../support/temp-dir.ts';

const CALLS = 60;
const dir = join(tempDir(), 'batching');
let harness: Harness;
let reader: Sqlite.Database;
let statements: string[] = [];
let schema: ReturnType<typeof createSchema>;

beforeAll(async () => {
  mkdirSync(dir);
  harness = createHarness(dir);
  for (let i = 0; i < CALLS; i++) {
    const call = `c${i}`;
    const id = harness.emit(event('call.status', { status: 'IN_PROGRESS' }, { call, at: 1000 + i }));
    for (let k = 0; k <= i % 5; k++) harness.emit(numberedUtterance(k, call));
    const stream = {
      id: `str_${i}` as never,
      encoding: 'mulaw',
      sampleRate: 8000,
      parties: ['CUSTOMER'],
    } as const;
    harness.ingest.record(id, { type: 'STREAM_STARTED', stream } as never);
    for (let k = 0; k < 2; k++) {
      const command = {
        id: `cmd_${i}_${k}`,
        kind: 'END_CALL',
        arguments: {},
        status: 'ACCEPTED',
        requestedBy: 'x',
        requestedAt: k,
      };
      harness.ingest.record(id, { type: 'COMMAND_CHANGED', command } as never);
    }
    harness.ingest.record(id, {
      type: 'CALL_ANNOTATED',
      tagsAdded: ['t'],
      note: { id: `note_${i}`, text: `note ${i}`, author: 'x' },
    } as never);
    harness.emit(event('call.ended', { end: { category: 'BUSY' } }, { call, at: 2000 + i }));
  }
  await harness.ingest.committed();
  reader = new Sqlite(join(dir, 'harness.db'), {
    readonly: true,
    verbose: (sql) => void statements.push(String(sql)),
  });
  schema = createSchema({
    calls: harness.registry,
    history: createLocalHistory(drizzle(reader, { schema: tables }) as never),
    providers: { get: () => undefined, list: () => [] },
    cursors: createCursors(harness.eventLog),
    levels: harness.levels,
    now: () => 0,
    pageSize: 200,
  } as unknown as SchemaDeps);
});
afterAll(() => {
  reader.close();
  harness.close();
});

// oxlint-disable-next-line typescript/no-explicit-any -- the shape of a result depends on the query
async function run(query: string): Promise<{ data: any; statements: string[] }> {
  statements = [];
  const contextValue = { viewer: LOCAL_VIEWER, client: 'test' };
  const { data, errors } = await execute({
    schema,
    document: parse(query),
    contextValue,
  });
  expect(errors).toBeUndefined();
  return { data, statements: statements.filter((sql) => /^\s*(select|with)/i.test(sql)) };
}

const EVERYTHING = (first: number) => `{
  calls(first: ${first}) { nodes {
    id providerCallId provider { id } tags transcriptText
    utterances(first: 3) { totalCount nodes { text call { id } } }
    last: utterances(last: 2) { nodes { text } }
    streams { id }
    commands { nodes { id call { id } } }
    notes { text }
    events(types: [UTTERANCE_FINALIZED, STREAM_STARTED], first: 2) { nodes {
      call { id } ... on UtteranceFinalized { utterance { text call { id } } } ... on StreamChanged { stream { id } }
    } }
  } }
}`;

describe('a page of calls with all nested lists', () => {
  test('needs the same number of statements for fifty calls as for ten', async () => {
    const [ten, fifty] = [await run(EVERYTHING(10)), await run(EVERYTHING(50))];
    expect(fifty.data.calls.nodes).toHaveLength(50);
    // Calls; text, three pages, a count, streams, commands and notes of all calls; then the calls of nested nodes, twice, and streams.
    expect(fifty.statements.length).toBe(ten.statements.length);
    expect(fifty.statements.length).toBeLessThanOrEqual(12);
  });

  test('returns to each call its own rows', async () => {
    const { data } = await run(EVERYTHING(50));
    for (const call of data.calls.nodes) {
      const i = Number(call.providerCallId.slice(1));
      const texts = Array.from({ length: (i % 5) + 1 }, (_, k) => `words ${k}`);
      const textsOf = (page: { nodes: { text: string }[] }): string[] => page.nodes.map(({ text }) => text);
      expect(textsOf(call.utterances)).toEqual(texts.slice(0, 3));
      expect(textsOf(call.last)).toEqual(texts.slice(-2));
      expect(call.utterances.totalCount).toBe(texts.length);
      expect(call.transcriptText).toBe(texts.map((text) => `Customer: ${text}`).join('\n'));
      expect(call.streams).toEqual([{ id: `str_${i}` }]);
      expect(call.commands.nodes).toEqual(
        [1, 0].map((k) => ({ id: `cmd_${i}_${k}`, call: { id: call.id } })),
      );
      expect(call.notes).toEqual([{ text: `note ${i}` }]);
      expect(call.tags).toEqual(['t']);
      for (const { call: of } of [...call.utterances.nodes, ...call.events.nodes])
        expect(of.id).toBe(call.id);
      expect(call.events.nodes[0].utterance.text).toBe('words 0');
    }
  });
});

test('nodes() needs one statement for each type, keeps the order of the ids, and returns null for unknown ids', async () => {
  const { data } = await run(
    '{ calls(first: 20) { nodes { id utterances { nodes { id } } commands { nodes { id } } } } }',
  );
  const [calls, utterances, commands] = [
    data.calls.nodes.map(({ id }: { id: string }) => id),
    data.calls.nodes.map((call: { utterances: { nodes: { id: string }[] } }) => call.utterances.nodes[0]!.id),
    data.calls.nodes.map((call: { commands: { nodes: { id: string }[] } }) => call.commands.nodes[0]!.id),
  ] as [string[], string[], string[]];
  const ids = calls.flatMap((id, i) => [id, 'call_none', utterances[i]!, 'nothing', commands[i]!, id]);
  const result = await run(`{ nodes(ids: ${JSON.stringify(ids)}) { id __typename } }`);
  expect(result.data.nodes.map((node: { id: string } | null) => node?.id ?? null)).toEqual(
    ids.map((id) => (id === 'call_none' || id === 'nothing' ? null : id)),
  );
  expect(result.statements).toHaveLength(3);
});

test('a page of matches needs two statements, the matches and their calls, besides those of the word', async () => {
  const { data, statements: executed } = await run(
    '{ searchTranscripts(query: "words", first: 50) { nodes { snippet utterance { call { id } } } } }',
  );
  expect(data.searchTranscripts.nodes).toHaveLength(50);
  expect(executed.filter((sql) => !/from temp\./.test(sql))).toHaveLength(2);
});

test('a page without totalCount does not count', async () => {
  const { statements: executed } = await run('{ calls(first: 5) { nodes { id } pageInfo { hasNextPage } } }');
  // The ids of the page, and the rows.
  expect(executed).toHaveLength(2);
  expect(executed.join(';')).not.toMatch(/count\(/i);
});

test('a nested list is read only up to its page, and without a table scan', async () => {
  const { statements: executed } = await run(EVERYTHING(50));
  // Only text, streams and notes are read completely.
  expect(executed.filter((sql) => /limit -1\b/.test(sql))).toHaveLength(3);
  for (const sql of executed) {
    const steps = reader.prepare(`explain query plan ${sql}`).all() as { detail: string }[];
    expect(
      steps
        .map(({ detail }) => detail)
        .filter(
          (step) => /^SCAN (?!parent|json_each)/.test(step) && !/USING INDEX|USING COVERING/.test(step),
        ),
      sql,
    ).toEqual([]);
  }
});
