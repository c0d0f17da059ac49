/** Subscriptions. */
import { FaultError, invalidArgument, type CallId } from '@sidetone/core';
import type { Builder, SchemaDeps } from '../builder.ts';
import type { Enums } from '../types/enums.ts';
import { toLiveFilter } from '../lists/filter-input.ts';
import type { Refs } from '../types/refs.ts';
import { addLevelUpdates, addLiveCallsUpdate, addTranscriptUpdate } from '../types/updates.ts';

const SHORTEST_INTERVAL_MS = 20;
const LONGEST_INTERVAL_MS = 1000;
const DEFAULT_INTERVAL_MS = 100;

export function addSubscriptions(builder: Builder, refs: Refs, enums: Enums, deps: SchemaDeps): void {
  builder.subscriptionType({
    description:
      'Live updates. Every subscription is read at the pace of its client: a slow client misses no event and does not delay others.',
  });
  addCallEventsSubscription(builder, refs, enums, deps);
  addTranscriptSubscription(builder, refs, deps);
  addLiveCallsSubscription(builder, refs, deps);
  addAudioLevelsSubscription(builder, refs, deps);
}

/** @throws {FaultError} CALL_NOT_FOUND. */
async function existing({ calls, history }: SchemaDeps, callId: string): Promise<CallId> {
  const id = callId as CallId;
  if (calls.recall(id) ?? (await history.call(id))) return id;
  throw new FaultError('CALL_NOT_FOUND', 'there is no call with this id', {
    details: { argument: 'callId' },
  });
}

/** @throws {FaultError} CURSOR_INVALID if no node has issued it. */
async function verified(
  { cursors }: SchemaDeps,
  after: number | null | undefined,
): Promise<number | undefined> {
  if (after === null || after === undefined) return undefined;
  await cursors.verify(after);
  return after;
}

function addCallEventsSubscription(builder: Builder, refs: Refs, enums: Enums, deps: SchemaDeps): void {
  builder.subscriptionField('callEvents', (t) =>
    t.field({
      type: refs.CallEvent,
      description:
        'Delivers events. With `after`, stored events after the cursor come first and new events follow, without a gap or a duplicate. Without it, only new events are delivered.',
      args: {
        callId: t.arg.id({
          required: false,
          description: 'Delivers only events of this call. Fails with CALL_NOT_FOUND if it does not exist.',
        }),
        filter: t.arg({
          type: refs.CallFilter,
          required: false,
          description:
            'Delivers only events of calls that match this filter when the event is read: with `live: true`, the end of a call is not delivered. `said` is not available.',
        }),
        types: t.arg({
          type: [enums.CallEventType],
          required: false,
          description: 'Delivers only events of these types.',
        }),
        after: t.arg({
          type: 'Cursor',
          required: false,
          description: 'Resumes after the event with this cursor.',
        }),
      },
      subscribe: async (_root, { callId, filter, types, after }) =>
        deps.feeds.records(
          {
            ...(callId && { callId: await existing(deps, callId) }),
            ...(filter && { calls: toLiveFilter(filter, deps.countries) }),
            ...(types && { types }),
          },
          await verified(deps, after),
        ),
      resolve: (record) => record,
    }),
  );
}

function addTranscriptSubscription(builder: Builder, refs: Refs, deps: SchemaDeps): void {
  addTranscriptUpdate(refs);
  builder.subscriptionField('transcript', (t) =>
    t.field({
      type: refs.TranscriptUpdate,
      description:
        'Delivers partials, finals and revisions of one call. With `after`, stored utterances after the cursor come first.',
      args: {
        callId: t.arg.id({
          required: true,
          description: 'The id of the call. Fails with CALL_NOT_FOUND if it does not exist.',
        }),
        after: t.arg({
          type: 'Cursor',
          required: false,
          description: 'Resumes after the utterance with this cursor.',
        }),
      },
      subscribe: async (_root, { callId, after }) =>
        deps.feeds.transcript(await existing(deps, callId), await verified(deps, after)),
      resolve: (item) => item,
    }),
  );
}

function addLiveCallsSubscription(builder: Builder, refs: Refs, deps: SchemaDeps): void {
  const LiveCallsUpdate = addLiveCallsUpdate(builder, refs);
  builder.subscriptionField('liveCalls', (t) =>
    t.field({
      type: LiveCallsUpdate,
      description:
        'Delivers a snapshot of the live calls, then each call that starts, changes or ends. New utterances are not changes.',
      args: {
        filter: t.arg({
          type: refs.CallFilter,
          required: false,
          description:
            'Delivers only calls that match this filter. A call that stops matching is delivered once more. `said` is not available.',
        }),
      },
      subscribe: (_root, { filter }) => deps.feeds.liveCalls(toLiveFilter(filter, deps.countries)),
      resolve: (item) => item,
    }),
  );
}

function addAudioLevelsSubscription(builder: Builder, refs: Refs, deps: SchemaDeps): void {
  addLevelUpdates(refs);
  builder.subscriptionField('audioLevels', (t) =>
    t.field({
      type: refs.AudioLevels,
      description:
        'Delivers audio levels of the given calls, or of all live calls. A slow client skips updates instead of queueing them.',
      args: {
        callIds: t.arg.idList({
          required: false,
          description:
            'Delivers only levels of these calls. Fails with CALL_NOT_FOUND if one does not exist.',
        }),
        intervalMs: t.arg.int({
          defaultValue: DEFAULT_INTERVAL_MS,
          description: `The interval between two updates, and the time window of each level: ${SHORTEST_INTERVAL_MS} to ${LONGEST_INTERVAL_MS} ms.`,
        }),
      },
      subscribe: async (_root, { callIds, intervalMs }) => {
        const interval = intervalMs ?? DEFAULT_INTERVAL_MS;
        if (interval < SHORTEST_INTERVAL_MS || interval > LONGEST_INTERVAL_MS) {
          const range = `${SHORTEST_INTERVAL_MS} to ${LONGEST_INTERVAL_MS}`;
          throw invalidArgument('intervalMs', `expected a number from ${range}, received ${interval}`);
        }
        return deps.feeds.levels(
          callIds ? await Promise.all(callIds.map((id) => existing(deps, id))) : undefined,
          interval,
        );
      },
      resolve: (item) => item,
    }),
  );
}
