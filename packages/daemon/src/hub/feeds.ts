/** Puts readers together into the subscriptions that the API offers. */
import type { CallId, CallRecord, Clock } from '@sidetone/core';
import type {
  EventLog,
  LevelsItem,
  LevelSource,
  LiveFeeds,
  RecordFilter,
  TranscriptItem,
} from '../app/ports.ts';
import { CursorReader } from './cursor-reader.ts';
import type { Interest } from './interest.ts';
import { LevelReader } from './level-reader.ts';
import type { PartialSlots } from './partial-slots.ts';
import { PullIterator } from './pull-iterator.ts';
import type { RecordHub } from './record-hub.ts';
import { TranscriptReader } from './transcript-reader.ts';

export interface FeedsDeps {
  readonly hub: RecordHub;
  readonly log: EventLog;
  readonly partials: PartialSlots;
  readonly levels: LevelSource;
  readonly interest: Interest;
  readonly clock: Clock;
}

export function createFeeds({ hub, log, partials, levels, interest, clock }: FeedsDeps): LiveFeeds {
  const reader = (filter: RecordFilter, after: number | undefined) =>
    new CursorReader(hub, log, filter, after ?? hub.position);

  return {
    records(filter, after): AsyncIterableIterator<CallRecord> {
      const records = reader(filter, after);
      return new PullIterator({ pull: () => records.pull(), subscribe: (wake) => hub.bell.listen(wake) });
    },

    transcript(callId: CallId, after): AsyncIterableIterator<TranscriptItem> {
      const finals = reader({ callId, types: ['UTTERANCE_FINALIZED'] }, after);
      const transcript = new TranscriptReader(callId, finals, partials);
      return new PullIterator({
        pull: () => transcript.pull(),
        subscribe: (wake) =>
          all(hub.bell.listen(wake), partials.listen(callId, wake), interest.add('partials', [callId])),
      });
    },

    levels(callIds, intervalMs): AsyncIterableIterator<LevelsItem> {
      const reading = new LevelReader(levels, callIds, intervalMs, clock);
      return new PullIterator({
        pull: () => Promise.resolve(reading.pull()),
        subscribe: (wake) => all(reading.everyTick(wake), interest.add('levels', callIds)),
      });
    },
  };
}

function all(...undo: (() => void)[]): () => void {
  return () => undo.toReversed().forEach((step) => step());
}
