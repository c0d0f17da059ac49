/** Subscriptions: what happens now. */
import { FaultError, type CallId } from '@sidetone/core';
import type { Builder, SchemaDeps } from './builder.ts';
import type { Enums } from './enums.ts';
import type { Refs } from './refs.ts';

const SHORTEST_INTERVAL_MS = 20;
const LONGEST_INTERVAL_MS = 1000;

export function addSubscriptions(builder: Builder, refs: Refs, enums: Enums, deps: SchemaDeps): void {
  const { feeds, book } = deps;

  function known(callId: string): CallId {
    if (book.get(callId as CallId)) return callId as CallId;
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

  builder.subscriptionType({
    description: 'What happens now. A reader that is slow misses no event, and delays nobody.',
    fields: (t) => ({
      callEvents: t.field({
        type: refs.CallEvent,
        description:
          'With `after`, everything behind that cursor first, then live, without a gap or a repeat. Without it, from now on.',
        args: {
          callId: t.arg.id({ required: false, description: 'Only of this call.' }),
          types: t.arg({ type: [enums.CallEventType], required: false, description: 'Only of these types.' }),
          after: t.arg({ type: 'Cursor', required: false, description: 'Continue behind this event.' }),
        },
        subscribe: (_root, { callId, types, after }) =>
          feeds.records(
            { ...(callId && { callId: known(callId) }), ...(types && { types }) },
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
