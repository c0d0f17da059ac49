/** Who is speaking according to the levels: reports only changes, because levels arrive ten times a second. */
import type { CallLevels } from '../levels/documents.ts';
import type { BoardUpdate, Party } from './board-state.ts';

/** Undefined if no audio of the call is received. */
type Speakers = readonly Party[] | undefined;

export interface LevelSpeakers {
  /** Returns an update for each call whose speakers have changed. */
  read(levels: readonly CallLevels[]): BoardUpdate[];
  /** Returns an update for each call that is no longer measured: who is speaking is not known then. */
  stop(measured: ReadonlySet<string>): BoardUpdate[];
  /** Forgets all calls but these. */
  keep(calls: ReadonlyMap<string, unknown>): void;
  clear(): void;
  /** The number of calls whose speakers are known. */
  readonly size: number;
}

export function createLevelSpeakers(): LevelSpeakers {
  const known = new Map<string, Speakers>();
  return {
    read: (levels) =>
      levels.flatMap(({ callId, parties }): BoardUpdate[] => {
        const speakers =
          parties.length === 0
            ? undefined
            : parties.filter(({ speaking }) => speaking).map(({ party }) => party);
        if (known.has(callId) && isSame(known.get(callId), speakers)) return [];
        known.set(callId, speakers);
        return [{ __typename: 'Speaking', callId, parties: speakers }];
      }),
    stop: (measured) =>
      [...known.keys()]
        .filter((callId) => !measured.has(callId))
        .map((callId): BoardUpdate => {
          known.delete(callId);
          return { __typename: 'Speaking', callId, parties: undefined };
        }),
    keep(calls) {
      for (const id of known.keys()) if (!calls.has(id)) known.delete(id);
    },
    clear: () => known.clear(),
    get size() {
      return known.size;
    },
  };
}

const isSame = (one: Speakers, other: Speakers): boolean =>
  one === other || (one !== undefined && other !== undefined && one.join() === other.join());
