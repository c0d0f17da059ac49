/** Subscriptions: what happens now. */
import { FaultError, invalidArgument, type CallId } from '@sidetone/core';
import type { LiveCallFilter } from '../../calls/ports.ts';
import type { Builder, SchemaDeps } from '../builder.ts';
import type { Enums } from '../types/enums.ts';
import { toFilter, type CallFilterInput } from '../types/filter.ts';
import type { Refs } from '../types/refs.ts';

const SHORTEST_INTERVAL_MS = 20;
const LONGEST_INTERVAL_MS = 1000;

/** @throws {FaultError} INPUT_INVALID for what only the store could tell. */
function toLiveFilter(input: CallFilterInput | null | undefined): LiveCallFilter {
  const { said, ...filter } = toFilter(input);
  if (said === undefined) return filter;
  throw invalidArgument(
    'filter.said',
    'a subscription does not search what was said; ask `calls` or `searchTranscripts`',
  );
}

export function addSubscriptions(builder: Builder, refs: Refs, enums: Enums, deps: SchemaDeps): void {
  const { feeds, registry } = deps;

  function known(callId: string): CallId {
    if (registry.get(callId as CallId)) return callId as CallId;
    throw new FaultError('CALL_NOT_FOUND', 'there is no call with this id', {
      details: { argument: 'callId' },
    });
  }

  refs.TranscriptUpdate.implement({
    description: 'Words as they come.',
    fields: (t) => ({
      utterance: t.field({ type: refs.Utterance, description: 'The words.', resolve: (item) => item }),
      cursor: t.field({
        type: 'Cursor',
        nullable: true,
        description: 'Null for a partial: it is never stored, only replaced by the next.',
        resolve: ({ position }) => position,
      }),
    }),
  });
  refs.CallLevels.implement({
    description: 'How loud the parties of one call are.',
    fields: (t) => ({
      callId: t.exposeID('callId', { description: 'The call.' }),
      parties: t.field({
        type: [refs.PartyLevel],
        description: 'Each party that is heard.',
        resolve: ({ parties }) => [...parties],
      }),
    }),
  });
  refs.AudioLevels.implement({
    description: 'All wanted calls whose level changed since the last update, in one message.',
    fields: (t) => ({
      at: t.expose('at', { type: 'DateTime', description: 'When they were read.' }),
      levels: t.field({
        type: [refs.CallLevels],
        description: 'Each call.',
        resolve: ({ calls }) => [...calls],
      }),
    }),
  });

  refs.LiveCallsSnapshot.implement({
    description: 'Every live call that matches.',
    fields: (t) => ({
      calls: t.field({ type: [refs.Call], description: 'The calls.', resolve: ({ calls }) => [...calls] }),
      cursor: t.field({
        type: 'Cursor',
        description: 'The place in the event log at which they were so, for `callEvents`.',
        resolve: ({ position }) => position,
      }),
    }),
  });
  refs.LiveCallChanged.implement({
    description: 'A call that began, changed or ended.',
    fields: (t) => ({
      call: t.field({
        type: refs.Call,
        description:
          'The call, as it is now. One that is over, or no longer matches, is told for the last time.',
        resolve: ({ call }) => call,
      }),
      cursor: t.field({
        type: 'Cursor',
        description: 'The place of the change in the event log.',
        resolve: ({ position }) => position,
      }),
    }),
  });
  const LiveCallsUpdate = builder.unionType('LiveCallsUpdate', {
    description: 'All live calls at first, then each one that changes.',
    types: [refs.LiveCallsSnapshot, refs.LiveCallChanged],
    resolveType: ({ type }) => (type === 'SNAPSHOT' ? 'LiveCallsSnapshot' : 'LiveCallChanged'),
  });

  builder.subscriptionType({
    description: 'What happens now. A reader that is slow misses no event, and delays nobody.',
    fields: (t) => ({
      callEvents: t.field({
        type: refs.CallEvent,
        description:
          'With `after`, everything behind that cursor first, then live, without a gap or a repeat. Without it, from now on.',
        args: {
          callId: t.arg.id({ required: false, description: 'Only of this call.' }),
          filter: t.arg({
            type: refs.CallFilter,
            required: false,
            description:
              'Only of calls that match when the event is read: with `live: true`, the end of a call is not told. `said` is not possible here.',
          }),
          types: t.arg({ type: [enums.CallEventType], required: false, description: 'Only of these types.' }),
          after: t.arg({ type: 'Cursor', required: false, description: 'Continue behind this event.' }),
        },
        subscribe: (_root, { callId, filter, types, after }) =>
          feeds.records(
            {
              ...(callId && { callId: known(callId) }),
              ...(filter && { calls: toLiveFilter(filter) }),
              ...(types && { types }),
            },
            after ?? undefined,
          ),
        resolve: (record) => record,
      }),
      transcript: t.field({
        type: refs.TranscriptUpdate,
        description: 'Partials and finals of one call. With `after`, missed finals first.',
        args: {
          callId: t.arg.id({ required: true, description: 'The call.' }),
          after: t.arg({ type: 'Cursor', required: false, description: 'Continue behind this final.' }),
        },
        subscribe: (_root, { callId, after }) => feeds.transcript(known(callId), after ?? undefined),
        resolve: (item) => item,
      }),
      liveCalls: t.field({
        type: LiveCallsUpdate,
        description:
          'The live calls: all of them first, then each one that starts, changes or ends. What is said in them is no change.',
        args: {
          filter: t.arg({
            type: refs.CallFilter,
            required: false,
            description:
              'Only these. One that no longer matches is told once more. `said` is not possible here.',
          }),
        },
        subscribe: (_root, { filter }) => feeds.liveCalls(toLiveFilter(filter)),
        resolve: (item) => item,
      }),
      audioLevels: t.field({
        type: refs.AudioLevels,
        description:
          'Levels of the named calls, or of every live call. A slow reader gets fewer, newer readings, never a queue.',
        args: {
          callIds: t.arg.idList({ required: false, description: 'Only of these calls.' }),
          intervalMs: t.arg.int({
            defaultValue: 100,
            description: `How often at most, and what each reading looks back over: ${SHORTEST_INTERVAL_MS} to ${LONGEST_INTERVAL_MS} ms.`,
          }),
        },
        subscribe: (_root, { callIds, intervalMs }) => {
          const interval = intervalMs ?? 100;
          if (interval < SHORTEST_INTERVAL_MS || interval > LONGEST_INTERVAL_MS) {
            const message = `\`intervalMs\` is from ${SHORTEST_INTERVAL_MS} to ${LONGEST_INTERVAL_MS}`;
            throw new FaultError('INPUT_INVALID', message, { details: { argument: 'intervalMs' } });
          }
          return feeds.levels(callIds?.map(known), interval);
        },
        resolve: (item) => item,
      }),
    }),
  });
}
