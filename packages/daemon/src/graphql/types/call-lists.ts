/** The lists of a call that are read from history. */
import type { Party } from '@sidetone/core';
import type { TranscriptLine } from '../../history/ports.ts';
import type { Builder, SchemaDeps } from '../builder.ts';
import type { Enums } from './enums.ts';
import { eventPageInfo } from './events.ts';
import { COMMANDS, UTTERANCES } from '../lists/lists.ts';
import { forwardArguments, pageArguments, toPageRequest } from '../lists/paging.ts';
import type { Refs } from './refs.ts';

export function addCallLists(builder: Builder, refs: Refs, enums: Enums, deps: SchemaDeps): void {
  addTranscript(builder, refs, deps);
  addCallEvents(builder, refs, enums, deps);
  const { history, pageSize } = deps;
  builder.objectFields(refs.Call, (t) => ({
    commands: t.field({
      type: refs.CommandConnection,
      description: 'The commands that clients sent for this call, newest first.',
      args: forwardArguments(t),
      resolve: async (call, args) => {
        const request = toPageRequest(COMMANDS, args, pageSize);
        return { ...(await history.commands(call.id, request)), list: COMMANDS, request };
      },
    }),
    streams: t.field({
      type: [refs.MediaStream],
      description: 'The audio streams that the provider sent for this call.',
      resolve: async (call) => [...(await history.streams(call.id))],
    }),
    notes: t.field({
      type: [refs.Note],
      description: 'The notes about this call, oldest first.',
      resolve: async (call) => [...(await history.notes(call.id))],
    }),
  }));
}

const SPEAKERS = {
  CUSTOMER: 'Customer',
  ASSISTANT: 'Assistant',
  UNKNOWN: 'Speaker',
} as const satisfies Record<Party, string>;

const lineOf = ({ party, text }: TranscriptLine): string => `${SPEAKERS[party]}: ${text}`;

function addTranscript(builder: Builder, refs: Refs, { history, pageSize }: SchemaDeps): void {
  builder.objectFields(refs.Call, (t) => ({
    utterances: t.field({
      type: refs.UtteranceConnection,
      description: 'The final utterances, in the order in which they were spoken.',
      args: pageArguments(t),
      resolve: async (call, args) => {
        const request = toPageRequest(UTTERANCES, args, pageSize);
        const page = await history.utterances(call.id, request);
        return { ...page, list: UTTERANCES, request, count: () => history.countUtterances(call.id) };
      },
    }),
    transcriptText: t.string({
      description: 'The transcript as text, with a line such as `Customer: Hello.` for each final utterance.',
      resolve: async (call) => (await history.transcript(call.id)).map(lineOf).join('\n'),
    }),
  }));
}

function addCallEvents(builder: Builder, refs: Refs, enums: Enums, deps: SchemaDeps): void {
  const { history, cursors, pageSize } = deps;
  builder.objectField(refs.Call, 'events', (t) =>
    t.field({
      type: refs.CallEventConnection,
      description: 'The events of this call, oldest first.',
      args: {
        first: forwardArguments(t).first,
        after: t.arg({
          type: 'Cursor',
          required: false,
          description: 'Returns only events after this cursor.',
        }),
        types: t.arg({
          type: [enums.CallEventType],
          required: false,
          description: 'Returns only events of these types.',
        }),
      },
      resolve: async (call, { first, after, types }) => {
        const { limit } = toPageRequest({ name: 'CallEvent' }, { first }, pageSize);
        const request = { limit, after: after ?? 0, ...(types && { types }) };
        const { rows, more } = await history.events(call.id, request);
        return { rows, info: eventPageInfo(rows, more, after != null, cursors) };
      },
    }),
  );
}
