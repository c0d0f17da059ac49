/**
 * Notices calls whose speech is too quiet or too loud. Each sample only moves a mean; an update is returned when a call
 * enters or leaves such a state, so the page does not render for a sample.
 */
import type { CallLevels } from '../levels/documents.ts';

/** The mean level of speech of a party, dBFS. */
interface Mean {
  db: number;
  samples: number;
}

/** The level of the quietest and of the loudest party. Undefined until enough speech was measured. */
export interface SpeechLevel {
  readonly lowDb: number;
  readonly highDb: number;
}

/** The weight of a sample. */
const WEIGHT = 0.05;
/** The number of samples with speech before the mean is used: two seconds at ten a second. */
export const MIN_SAMPLES = 20;

export interface LevelWatch {
  add(levels: readonly CallLevels[]): void;
  levelOf(callId: string): SpeechLevel | undefined;
  /** Forgets all calls but these. */
  keep(calls: ReadonlyMap<string, unknown>): void;
  /** The number of calls that are stored. */
  readonly size: number;
}

export function createLevelWatch(): LevelWatch {
  const calls = new Map<string, Map<string, Mean>>();

  function add(callId: string, party: string, db: number): void {
    let means = calls.get(callId);
    if (!means) calls.set(callId, (means = new Map<string, Mean>()));
    const mean = means.get(party);
    if (mean) {
      mean.db += (db - mean.db) * Math.max(WEIGHT, 1 / ++mean.samples);
    } else means.set(party, { db, samples: 1 });
  }

  return {
    add(levels) {
      for (const { callId, parties } of levels)
        for (const { party, rmsDb, speaking } of parties) if (speaking) add(callId, party, rmsDb);
    },
    levelOf(callId) {
      const means = [...(calls.get(callId)?.values() ?? [])].filter(({ samples }) => samples >= MIN_SAMPLES);
      if (means.length === 0) return undefined;
      const levels = means.map(({ db }) => db);
      return { lowDb: Math.min(...levels), highDb: Math.max(...levels) };
    },
    keep(live) {
      for (const id of calls.keys()) if (!live.has(id)) calls.delete(id);
    },
    get size() {
      return calls.size;
    },
  };
}
