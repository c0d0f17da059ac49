/**
 * Generates a database with a history of calls: `node --import tsx bench/history/generate.ts --calls 1000000 --db FILE`.
 * The daemon's own ledger writes it, so it has every table, index and total that a daemon would have written. 1,000,000 calls
 * have about 8,000,000 utterances.
 */
import { rmSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { evolve, type Call, type CallId } from '@sidetone/core';
import type { Draft } from '../../packages/daemon/src/calls/ports.ts';
import { openDatabase } from '../../packages/daemon/src/store/database.ts';
import { createLedger } from '../../packages/daemon/src/store/ledger.ts';
import { eventsOfCall, type GeneratedEvent } from './calls.ts';

/** Calls that are written together, with their events in the order of time. */
const CALLS_PER_COMMIT = 500;
export interface GenerationOptions {
  readonly calls: number;
  readonly file: string;
  readonly onProgress?: (calls: number) => void;
}

/** Replaces the file. */
export function generate({ calls, file, onProgress }: GenerationOptions): void {
  for (const suffix of ['', '-wal', '-shm', '.lock']) rmSync(`${file}${suffix}`, { force: true });
  const database = openDatabase(file, 'normal');
  const { $client: sqlite } = database.db;
  sqlite.pragma('synchronous = OFF');
  sqlite.pragma('cache_size = -1000000');
  sqlite.pragma('wal_autocheckpoint = 20000');
  const ledger = createLedger(database.db);
  // Nothing is indexed later: what the daemon fills in steps is done before the first call.
  while (ledger.indexNumbers());
  for (let from = 0; from < calls; from += CALLS_PER_COMMIT) {
    ledger.commit(draftsOf(from, Math.min(calls, from + CALLS_PER_COMMIT), calls));
    if (from % 50_000 === 0) onProgress?.(from);
  }
  sqlite.pragma('wal_checkpoint(TRUNCATE)');
  database.close();
}

function draftsOf(from: number, to: number, count: number): readonly Draft[] {
  const events: GeneratedEvent[] = [];
  for (let i = from; i < to; i++) events.push(...eventsOfCall(i, count));
  const states = new Map<CallId, Call>();
  return events
    .toSorted((a, b) => a.at - b.at)
    .map((event) => {
      const call = evolve(states.get(event.callId), event.callId, event.fact, event.at);
      states.set(event.callId, call);
      return { ...event, call };
    });
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { values } = parseArgs({
    options: { calls: { type: 'string', default: '10000' }, db: { type: 'string' } },
  });
  if (values.db === undefined) throw new Error('--db: expected the path of the file to write');
  generate({
    calls: Number(values.calls),
    file: values.db,
    onProgress: (calls) => process.stderr.write(`${calls} calls\n`),
  });
}
