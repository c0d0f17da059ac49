/** The metrics of the process, the store and the disks. */
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { freeBytesOf } from '../../files/disk-space.ts';
import type { LoopMonitor } from '../../loop/loop-monitor.ts';
import type { Readers, Sample } from '../../metrics/catalogue.ts';
import * as tokens from '../../tokens.ts';
import type { Environment, Get } from '../registration.ts';

export function processReaders(get: Get, { config, version, tracing, process: counts }: Environment) {
  return {
    sidetone_build_info: () => [[{ version, node: process.version }, 1]],
    sidetone_ready: () => Number(get(tokens.READINESS).problem === undefined),
    sidetone_slow_turns_total: () => slowTurns(get(tokens.LOOP_MONITOR).slow),
    sidetone_log_lines_dropped_total: () => counts?.droppedLogLines() ?? 0,
    sidetone_trace_spans_total: () =>
      tracing ? Object.entries(tracing.counts).map(([result, count]) => [{ result }, count] as const) : [],
    sidetone_events_stored_total: () =>
      get(tokens.INGEST)
        .counts.events.entries()
        .map(([[type], count]) => [{ type }, count] as const),
    sidetone_events_dropped_total: () => get(tokens.INGEST).dropped,
    sidetone_commit_duration_seconds: () => get(tokens.INGEST).counts.commits,
    sidetone_store_failed: () => Number(get(tokens.STORE_HEALTH).failure !== undefined),
    sidetone_store_failures_total: () => get(tokens.STORE_HEALTH).failures,
    sidetone_store_bytes: async () => {
      const { file } = get(tokens.STORE);
      if (file === undefined) return [];
      return [...(await sizeOf(file, 'database')), ...(await sizeOf(`${file}-wal`, 'wal'))];
    },
    sidetone_store_connections: () =>
      get(tokens.STORE)
        .connections()
        .flatMap(({ pool, used, idle, waiting }) =>
          Object.entries({ used, idle, waiting }).map(([state, count]) => [{ pool, state }, count] as const),
        ),
    sidetone_disk_free_bytes: async () => {
      const { file } = get(tokens.STORE);
      return [
        ...(file === undefined ? [] : await freeBytes(dirname(file), 'database')),
        ...(await freeBytes(config.recording.path, 'recordings')),
      ];
    },
  } as const satisfies Partial<Readers>;
}

/** Queries are counted together: their names are chosen by clients. */
function slowTurns(slow: LoopMonitor['slow']): readonly Sample<'sidetone_slow_turns_total'>[] {
  const counts = new Map<string, number>();
  for (const [label, { turns }] of slow) {
    const work = label.startsWith('query ') ? 'query' : label;
    counts.set(work, (counts.get(work) ?? 0) + turns);
  }
  return [...counts].map(([work, count]) => [{ work }, count]);
}

/** Nothing if there is no such file. */
async function sizeOf(path: string, file: string): Promise<readonly Sample<'sidetone_store_bytes'>[]> {
  const found = await stat(path).catch(() => undefined);
  return found ? [[{ file }, found.size]] : [];
}

/** What this user may still write. Nothing if there is no such folder. */
async function freeBytes(
  path: string,
  folder: string,
): Promise<readonly Sample<'sidetone_disk_free_bytes'>[]> {
  const bytes = await freeBytesOf(path).catch(() => undefined);
  return bytes === undefined ? [] : [[{ folder }, bytes]];
}
