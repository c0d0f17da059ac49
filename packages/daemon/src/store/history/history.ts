/** History, for queries: questions that come one by one are put together, and answered by a reader here or in another thread. */
import DataLoader from 'dataloader';
import type { History } from '../../history/ports.ts';
import type { Db } from '../database.ts';
import { createHistoryReader, type HistoryReader } from './reader.ts';

/** The name of a question. */
export type Question = keyof HistoryReader;

/** Puts a question to a reader, wherever it is. */
export type Ask = <Name extends Question>(
  name: Name,
  ...args: Parameters<HistoryReader[Name]>
) => Promise<ReturnType<HistoryReader[Name]>>;

/** Most rows or calls that one question is about. */
const MAX_KEYS = 500;

/** Answers in this thread. */
export function createHistory(db: Db): History {
  return historyOf(askReader(createHistoryReader(db)));
}

/** Puts questions to a reader in this thread. */
export function askReader(reader: HistoryReader): Ask {
  return async (name, ...args) => {
    const answer = reader[name] as (...args: unknown[]) => never;
    return answer(...args);
  };
}

export function historyOf(ask: Ask): History {
  const call = together((ids: Keys<'callsById'>) => ask('callsById', ids));
  const callByProviderId = together((ids: Keys<'callsByProviderId'>) => ask('callsByProviderId', ids));
  return {
    call,
    callByProviderId: (providerId, providerCallId) => callByProviderId([providerId, providerCallId]),
    calls: (...args) => ask('calls', ...args),
    countCalls: (filter) => ask('countCalls', filter),
    callTotals: (filter) => ask('callTotals', filter),
    callBuckets: (...args) => ask('callBuckets', ...args),
    search: (...args) => ask('search', ...args),
    utterance: together((ids: Keys<'utterancesById'>) => ask('utterancesById', ids)),
    utterances: together((ids: Keys<'utterancesOf'>, window) => ask('utterancesOf', ids, window)),
    countUtterances: together((ids: Keys<'utteranceCountsOf'>) => ask('utteranceCountsOf', ids)),
    transcript: together((ids: Keys<'transcriptsOf'>) => ask('transcriptsOf', ids)),
    command: together((ids: Keys<'commandsById'>) => ask('commandsById', ids)),
    commands: together((ids: Keys<'commandsOf'>, window) => ask('commandsOf', ids, window)),
    events: together((ids: Keys<'eventsOf'>, window) => ask('eventsOf', ids, window)),
    notes: together((ids: Keys<'notesOf'>) => ask('notesOf', ids)),
    streams: together((ids: Keys<'streamsOf'>) => ask('streamsOf', ids)),
    stream: together((ids: Keys<'streamsById'>) => ask('streamsById', ids)),
  };
}

type Keys<Name extends Question> = Parameters<HistoryReader[Name]>[0];

/**
 * Makes one question of those that are asked at the same moment: of many keys, and alike in all else, as in the window of
 * a page. Nothing is remembered once it is asked, so that each answer sees what was stored before.
 */
function together<Key, Answer, Rest extends readonly unknown[]>(
  ask: (keys: readonly Key[], ...rest: Rest) => Promise<readonly Answer[]>,
): (key: Key, ...rest: Rest) => Promise<Answer> {
  const open = new Map<string, DataLoader<Key, Answer, string>>();
  return (key, ...rest) => {
    const kind = JSON.stringify(rest);
    const loader =
      open.get(kind) ??
      new DataLoader<Key, Answer, string>(
        (keys) => {
          open.delete(kind);
          return ask(keys, ...rest);
        },
        { maxBatchSize: MAX_KEYS, cacheKeyFn: (it) => JSON.stringify(it) },
      );
    open.set(kind, loader);
    return loader.load(key);
  };
}
