/** Creates the live feeds of the API from readers. */
import type { CallId, CallRecord, Clock } from '@sidetone/core';
import { callMatches } from '../calls/call-match.ts';
import type { EventLog, RecordFilter, ShownCalls } from '../calls/ports.ts';
import type { LevelsItem, LevelSource, LiveCallsItem, LiveFeeds, TranscriptItem } from './ports.ts';
import { CursorReader, type MatchCall } from './cursor-reader.ts';
import type { Demand } from './demand.ts';
import { LevelReader } from './level-reader.ts';
import { LevelTicks } from './level-ticks.ts';
import { CALL_CHANGES, LiveCallsReader } from './live-calls-reader.ts';
import type { LatestPartials } from './latest-partials.ts';
import { PullIterator } from './pull-iterator.ts';
import type { RecordHub } from './record-hub.ts';
import { TranscriptReader } from './transcript-reader.ts';

export interface FeedsDeps {
  readonly hub: RecordHub;
  readonly log: EventLog;
  readonly calls: Pick<ShownCalls, 'recall' | 'live'>;
  readonly partials: LatestPartials;
  readonly levels: LevelSource;
  readonly demand: Pick<Demand, 'add'>;
  readonly clock: Clock;
}

export interface Feeds extends LiveFeeds {
  /** Returns how many events each open reader of the log has not read yet. */
  lags(): readonly number[];
}

export function createFeeds({ hub, log, calls, partials, levels, demand, clock }: FeedsDeps): Feeds {
  const readers = new Set<CursorReader>();
  /** Wakes for new records, and counts the reader until it is unsubscribed. */
  const follow = (reader: CursorReader, wake: () => void): (() => void) => {
    readers.add(reader);
    return all(hub.notifier.subscribe(wake), () => void readers.delete(reader));
  };
  const matches: MatchCall = (callId, filter) => {
    const call = calls.recall(callId);
    return call && callMatches(call, filter);
  };
  const version = (): number => hub.position;
  const levelTicks = new Map<string, LevelTicks>();
  const isErased = (callId: CallId): boolean => hub.isErased(callId);
  const reader = (filter: RecordFilter, after: number | undefined) =>
    new CursorReader(hub, log, filter, after ?? hub.position, matches);

  return {
    lags: () => [...readers].map(({ lag }) => lag),

    records(filter, after): AsyncIterableIterator<CallRecord> {
      const records = reader(filter, after);
      return new PullIterator({
        pull: () => records.pull(),
        subscribe: (wake) => follow(records, wake),
        isStale: (record) => isErased(record.callId),
        keyOf: ({ position }) => position,
        version,
      });
    },

    transcript(callId: CallId, after): AsyncIterableIterator<TranscriptItem> {
      const finals = reader({ callId, types: ['UTTERANCE_FINALIZED', 'UTTERANCE_REVISED'] }, after);
      const transcript = new TranscriptReader(callId, finals, partials);
      return new PullIterator({
        pull: () => transcript.pull(),
        isStale: () => isErased(callId),
        // Both increase by themselves; the sign tells them apart.
        keyOf: ({ position, version: partial }) => position ?? -(partial ?? 0),
        version,
        subscribe: (wake) =>
          all(follow(finals, wake), partials.subscribe(callId, wake), demand.add('partials', [callId])),
      });
    },

    liveCalls(filter): AsyncIterableIterator<LiveCallsItem> {
      const { position } = hub;
      const changes = reader({ types: CALL_CHANGES }, position);
      const live = new LiveCallsReader({
        filter,
        position,
        // They are as of this position, or newer.
        calls: calls.live(),
        changes,
        recall: (id) => calls.recall(id),
      });
      return new PullIterator({
        pull: () => live.pull(),
        subscribe: (wake) => follow(changes, wake),
        isStale: (item) => item.type === 'CHANGED' && isErased(item.call.id),
        keyOf: ({ type, position }) => (type === 'CHANGED' ? position : -position - 1),
        version,
      });
    },

    levels(callIds, intervalMs): AsyncIterableIterator<LevelsItem> {
      const key = `${intervalMs} ${callIds?.join(' ') ?? 'all'}`;
      const ticks = levelTicks.get(key) ?? new LevelTicks({ levels, clock }, callIds, intervalMs);
      levelTicks.set(key, ticks);
      const reading = new LevelReader(ticks);
      const forget = (): void => {
        if (ticks.listeners === 0) levelTicks.delete(key);
      };
      return new PullIterator({
        pull: () => reading.pull(),
        subscribe: (wake) => all(forget, reading.everyTick(wake), demand.add('levels', callIds)),
        version,
      });
    },
  };
}

function all(...undo: (() => void)[]): () => void {
  return () => undo.toReversed().forEach((step) => step());
}
