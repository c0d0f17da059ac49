/** History for GraphQL: batches queries of single rows and calls, and passes them to a reader in this or another thread. */
import DataLoader from 'dataloader';
import type { History } from '../../history/ports.ts';
import type { HistoryReader, QueryName, RunQuery } from './queries.ts';

/** Most keys of one batched query. */
const MAX_KEYS = 500;

export function createHistory(run: RunQuery): History {
  const callByProviderId = batched((ids: Keys<'callsByProviderId'>) => run('callsByProviderId', ids));
  return {
    call: batched((ids: Keys<'callsById'>) => run('callsById', ids)),
    callByProviderId: (providerId, providerCallId) => callByProviderId([providerId, providerCallId]),
    calls: (...args) => run('calls', ...args),
    countCalls: (filter) => run('countCalls', filter),
    callTotals: (filter) => run('callTotals', filter),
    callBuckets: (...args) => run('callBuckets', ...args),
    callMeasures: (filter) => run('callMeasures', filter),
    search: (...args) => run('search', ...args),
    tags: (...args) => run('tags', ...args),
    audit: (...args) => run('auditEntries', ...args),
    utterance: batched((ids: Keys<'utterancesById'>) => run('utterancesById', ids)),
    utterances: batched((ids: Keys<'utterancesOf'>, page) => run('utterancesOf', ids, page)),
    countUtterances: batched((ids: Keys<'utteranceCountsOf'>) => run('utteranceCountsOf', ids)),
    transcript: batched((ids: Keys<'transcriptsOf'>) => run('transcriptsOf', ids)),
    command: batched((ids: Keys<'commandsById'>) => run('commandsById', ids)),
    commands: batched((ids: Keys<'commandsOf'>, page) => run('commandsOf', ids, page)),
    events: batched((ids: Keys<'eventsOf'>, window) => run('eventsOf', ids, window)),
    notes: batched((ids: Keys<'notesOf'>) => run('notesOf', ids)),
    streams: batched((ids: Keys<'streamsOf'>) => run('streamsOf', ids)),
    stream: batched((ids: Keys<'streamsById'>) => run('streamsById', ids)),
  };
}

type Keys<Name extends QueryName> = Parameters<HistoryReader[Name]>[0];

/**
 * Combines queries of the same tick that differ only in their key into one query of many keys. Results are not cached, so
 * each one reflects all events that were stored before.
 */
function batched<Key, Result, Rest extends readonly unknown[]>(
  run: (keys: readonly Key[], ...rest: Rest) => Promise<readonly Result[]>,
): (key: Key, ...rest: Rest) => Promise<Result> {
  const batches = new Map<string, DataLoader<Key, Result, string>>();
  return (key, ...rest) => {
    const kind = JSON.stringify(rest);
    const loader =
      batches.get(kind) ??
      new DataLoader<Key, Result, string>(
        (keys) => {
          batches.delete(kind);
          return run(keys, ...rest);
        },
        { maxBatchSize: MAX_KEYS, cacheKeyFn: (it) => JSON.stringify(it) },
      );
    batches.set(kind, loader);
    return loader.load(key);
  };
}
