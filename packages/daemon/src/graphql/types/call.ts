/** A call and the small types that are part of it. */
import { isLive, type Assistant, type CallEnd, type Money } from '@sidetone/core';
import type { PartyLevel } from '../../live/ports.ts';
import type { SchemaDeps } from '../builder.ts';
import type { Enums } from './enums.ts';
import type { Refs } from './refs.ts';
import { pageArguments, toWindow } from './paging.ts';
import { COMMANDS, UTTERANCES } from './lists.ts';
import { providerOf } from './provider.ts';
import { eventPageInfo } from './events.ts';
import { transcriptText } from './transcript-text.ts';

/** What `Call.levels` looks back over. */
const LEVEL_WINDOW_MS = 100;

export function addCallParts(refs: Refs, enums: Enums): void {
  refs.CallEnd.implement({
    description: 'How a call ended.',
    fields: (t) => ({
      category: t.expose('category', {
        type: enums.EndCategory,
        description: 'In words that hold across providers.',
      }),
      code: t.string({
        nullable: true,
        description: "The provider's own code.",
        resolve: (end: CallEnd) => end.code,
      }),
      message: t.string({
        nullable: true,
        description: "The provider's own words.",
        resolve: (end) => end.message,
      }),
    }),
  });

  refs.Assistant.implement({
    description: 'The assistant that talks for the account, as far as the provider names it.',
    fields: (t) => ({
      providerAssistantId: t.string({
        nullable: true,
        description: "The provider's own id of the assistant.",
        resolve: (assistant: Assistant) => assistant.providerAssistantId,
      }),
      name: t.string({ nullable: true, description: 'Its name.', resolve: (assistant) => assistant.name }),
    }),
  });

  refs.Money.implement({
    description: 'An amount of money.',
    fields: (t) => ({
      amount: t.float({
        description: 'In the major unit of the currency.',
        resolve: (money: Money) => money.amount,
      }),
      currency: t.string({ description: 'ISO 4217.', resolve: (money) => money.currency }),
    }),
  });

  refs.PartyLevel.implement({
    description: 'How loud a party is. dBFS: 0 is full scale, -90 is silence.',
    fields: (t) => ({
      party: t.expose('party', { type: enums.Party, description: 'Who is heard.' }),
      rmsDb: t.float({ description: 'Loudness, dBFS.', resolve: (level: PartyLevel) => level.rmsDb }),
      peakDb: t.float({ description: 'Largest sample, dBFS.', resolve: (level) => level.peakDb }),
      speaking: t.boolean({
        description: 'Whether this is loud enough to be speech, and has been lately.',
        resolve: (level) => level.speaking,
      }),
      at: t.field({ type: 'DateTime', description: 'When it was read.', resolve: (level) => level.at }),
    }),
  });
}

export function addCall(refs: Refs, enums: Enums, deps: SchemaDeps): void {
  const { history, providers, levels, now, pageSize } = deps;

  refs.Call.implement({
    description: 'A voice call, live or over.',
    interfaces: [refs.Node],
    isTypeOf: (value) => typeof value === 'object' && value !== null && 'statusAt' in value,
    fields: (t) => ({
      id: t.exposeID('id', { description: 'Our id of the call.' }),
      provider: t.field({
        type: refs.Provider,
        description: 'The provider instance that the call runs at.',
        resolve: (call) => providerOf(deps.providers, call.providerId),
      }),
      providerCallId: t.exposeString('providerCallId', {
        description: "The provider's own id for this call.",
      }),
      direction: t.field({
        type: enums.CallDirection,
        nullable: true,
        description: 'Who began it.',
        resolve: (call) => call.direction,
      }),
      status: t.expose('status', { type: enums.CallStatus, description: 'How far it has come.' }),
      isLive: t.boolean({ description: 'Whether it is not over.', resolve: isLive }),
      from: t.string({
        nullable: true,
        description: 'Who calls: a number or an address.',
        resolve: (call) => call.from,
      }),
      to: t.string({ nullable: true, description: 'Who is called.', resolve: (call) => call.to }),
      assistant: t.field({
        type: refs.Assistant,
        nullable: true,
        description: 'The assistant that talks now, or talked last.',
        resolve: (call) => call.assistant,
      }),
      createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When the call came to be.' }),
      answeredAt: t.field({
        type: 'DateTime',
        nullable: true,
        description: 'When it was answered; null when it was not.',
        resolve: (call) => call.answeredAt,
      }),
      endedAt: t.field({
        type: 'DateTime',
        nullable: true,
        description: 'When it ended.',
        resolve: (call) => call.endedAt,
      }),
      durationMs: t.int({
        nullable: true,
        description: 'From answer to end, or to now while live. Null when it was never answered.',
        resolve: (call) =>
          call.answeredAt === undefined ? null : Math.max(0, (call.endedAt ?? now()) - call.answeredAt),
      }),
      end: t.field({
        type: refs.CallEnd,
        nullable: true,
        description: 'How it ended.',
        resolve: (call) => call.end,
      }),
      mutedParties: t.field({
        type: [enums.Party],
        description: 'Who was muted by a command, as far as is known: no provider lets it be read back.',
        resolve: ({ mutedParties }) => [...mutedParties],
      }),
      capabilities: t.field({
        type: [enums.Capability],
        description: 'What can be done to it right now.',
        resolve: (call) => [...(providers.get(call.providerId)?.capabilitiesFor(call) ?? [])],
      }),
      utterances: t.field({
        type: refs.UtteranceConnection,
        description: 'What was said, in order; final words only.',
        args: pageArguments(t),
        resolve: async (call, args) => {
          const window = toWindow(UTTERANCES, args, pageSize);
          const page = await history.utterances(call.id, window);
          return { ...page, list: UTTERANCES, window, count: () => history.countUtterances(call.id) };
        },
      }),
      transcriptText: t.string({
        description: 'Every final utterance, one a line: `Customer: ...`.',
        resolve: async (call) => transcriptText(await history.transcript(call.id)),
      }),
      transcription: t.field({
        type: refs.Transcription,
        nullable: true,
        description: 'Who turns its audio into words; null where nobody does, or ever did.',
        resolve: (call) => call.transcription,
      }),
      events: t.field({
        type: refs.CallEventConnection,
        description: 'What happened, oldest first.',
        args: {
          first: t.arg.int({ required: false, description: 'How many at most.' }),
          after: t.arg({
            type: 'Cursor',
            required: false,
            description: 'Only what happened behind this event.',
          }),
          types: t.arg({
            type: [enums.CallEventType],
            required: false,
            description: 'Only events of these types.',
          }),
        },
        resolve: async (call, { first, after, types }) => {
          const { limit } = toWindow({ name: 'CallEvent' }, { first }, pageSize);
          const window = { limit, after: after ?? 0, ...(types && { types }) };
          const { rows, more } = await history.events(call.id, window);
          return { rows, info: eventPageInfo(rows, more, after != null, deps.cursors) };
        },
      }),
      commands: t.field({
        type: refs.CommandConnection,
        description: 'What was asked to be done to it, newest first.',
        args: {
          first: t.arg.int({ required: false, description: 'How many at most.' }),
          after: t.arg.string({ required: false, description: 'Only those behind this cursor.' }),
        },
        resolve: async (call, args) => {
          const window = toWindow(COMMANDS, args, pageSize);
          return { ...(await history.commands(call.id, window)), list: COMMANDS, window };
        },
      }),
      streams: t.field({
        type: [refs.MediaStream],
        description: 'The stretches of audio that came of it.',
        resolve: async (call) => [...(await history.streams(call.id))],
      }),
      levels: t.field({
        type: [refs.PartyLevel],
        description: 'The newest reading of each party; empty when nothing has been heard.',
        resolve: (call) => [...levels.read(call.id, LEVEL_WINDOW_MS)],
      }),
      summary: t.string({
        nullable: true,
        description: "The provider's summary.",
        resolve: (call) => call.summary,
      }),
      cost: t.field({
        type: refs.Money,
        nullable: true,
        description: 'What the provider says it cost.',
        resolve: (call) => call.cost,
      }),
      tags: t.stringList({
        description: 'What it was marked with, in the order in which that was done.',
        resolve: ({ tags }) => [...tags],
      }),
      notes: t.field({
        type: [refs.Note],
        description: 'What was written down about it, oldest first.',
        resolve: async (call) => [...(await history.notes(call.id))],
      }),
      providerData: t.field({
        type: 'JSON',
        nullable: true,
        description: 'What the provider told beyond this schema, untouched.',
        resolve: (call) => call.providerData ?? null,
      }),
    }),
  });
}
