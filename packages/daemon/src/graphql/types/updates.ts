/** The types that only subscriptions deliver, besides events. */
import type { Builder } from '../builder.ts';
import type { Refs } from './refs.ts';

export function addTranscriptUpdate(refs: Refs): void {
  refs.TranscriptUpdate.implement({
    description: 'A new, changed or revised utterance.',
    fields: (t) => ({
      utterance: t.field({ type: refs.Utterance, description: 'The utterance.', resolve: (item) => item }),
      cursor: t.field({
        type: 'Cursor',
        nullable: true,
        description: 'The position in the event log. Null for a partial, because partials are not stored.',
        resolve: ({ position }) => position,
      }),
    }),
  });
}

export function addLevelUpdates(refs: Refs): void {
  refs.CallLevels.implement({
    description: 'The levels of the parties of one call.',
    fields: (t) => ({
      callId: t.exposeID('callId', { description: 'The id of the call.' }),
      parties: t.field({
        type: [refs.PartyLevel],
        description: 'The level of each party whose audio is received.',
        resolve: ({ parties }) => [...parties],
      }),
    }),
  });
  refs.AudioLevels.implement({
    description: 'The levels of all selected calls whose levels changed since the last update.',
    fields: (t) => ({
      at: t.expose('at', { type: 'DateTime', description: 'When the levels were measured.' }),
      levels: t.field({
        type: [refs.CallLevels],
        description: 'The levels of each call.',
        resolve: ({ calls }) => [...calls],
      }),
    }),
  });
}

export function addLiveCallsUpdate(builder: Builder, refs: Refs) {
  refs.LiveCallsSnapshot.implement({
    description: 'All live calls that match the filter. The first update of `liveCalls`.',
    fields: (t) => ({
      calls: t.field({ type: [refs.Call], description: 'The calls.', resolve: ({ calls }) => [...calls] }),
      cursor: t.field({
        type: 'Cursor',
        description: 'The position in the event log of this state. `callEvents` can continue after it.',
        resolve: ({ position }) => position,
      }),
    }),
  });
  refs.LiveCallChanged.implement({
    description: 'A call that started, changed or ended.',
    fields: (t) => ({
      call: t.field({
        type: refs.Call,
        description:
          'The current state of the call. If it has ended or no longer matches the filter, this is its last update.',
        resolve: ({ call }) => call,
      }),
      cursor: t.field({
        type: 'Cursor',
        description: 'The position of the change in the event log.',
        resolve: ({ position }) => position,
      }),
    }),
  });
  return builder.unionType('LiveCallsUpdate', {
    description: 'An update of `liveCalls`: first a snapshot, then single calls.',
    types: [refs.LiveCallsSnapshot, refs.LiveCallChanged],
    resolveType: ({ type }) => (type === 'SNAPSHOT' ? 'LiveCallsSnapshot' : 'LiveCallChanged'),
  });
}
