/** A call: the fields that are stored with it. Its lists are added by `call-lists.ts`, its audio by `audio.ts`. */
import { capturePauseOf, isLive } from '@sidetone/core';
import type { Builder, SchemaDeps } from '../builder.ts';
import type { Enums } from './enums.ts';
import { providerOf } from './lookup.ts';
import type { Refs } from './refs.ts';
import { mapNowOrLater } from '../../now-or-later.ts';

export function addCall(builder: Builder, refs: Refs, enums: Enums, deps: SchemaDeps): void {
  refs.Call.implement({
    description: 'A telephone or web call of one provider, live or ended.',
    interfaces: [refs.Node],
    isTypeOf: (value) => typeof value === 'object' && value !== null && 'statusAt' in value,
    fields: (t) => ({
      id: t.exposeID('id', { description: "Sidetone's id of the call." }),
      provider: t.field({
        type: refs.Provider,
        description: 'The provider instance of the call.',
        resolve: (call) => providerOf(deps, call.providerId),
      }),
      providerCallId: t.exposeString('providerCallId', { description: "The provider's id of the call." }),
      direction: t.field({
        type: enums.CallDirection,
        nullable: true,
        description: 'Who started the call. Null if unknown.',
        resolve: (call) => call.direction,
      }),
      from: t.string({
        nullable: true,
        description: 'The caller: a telephone number or an address. Null if unknown.',
        resolve: (call) => call.from,
      }),
      to: t.string({
        nullable: true,
        description: 'The called party: a telephone number or an address. Null if unknown.',
        resolve: (call) => call.to,
      }),
      assistant: t.field({
        type: refs.Assistant,
        nullable: true,
        description: 'The current assistant, or the last one of an ended call. Null if unknown.',
        resolve: (call) => call.assistant,
      }),
      summary: t.string({
        nullable: true,
        description: "The provider's summary of the call.",
        resolve: (call) => call.summary,
      }),
      cost: t.field({
        type: refs.Money,
        nullable: true,
        description: 'The cost of the call, as reported by the provider.',
        resolve: (call) => call.cost,
      }),
      tags: t.stringList({
        description: 'The tags of the call, in the order in which they were added.',
        resolve: ({ tags }) => [...tags],
      }),
      tagDetails: t.field({
        type: [refs.CallTag],
        description: 'The tags of the call with who added them, in the order in which they were added.',
        resolve: ({ tags, tagOrigins }) =>
          tags.map((tag) => tagOrigins.find((origin) => origin.tag === tag) ?? { tag }),
      }),
      hold: t.field({
        type: refs.CallHold,
        nullable: true,
        description: 'The legal hold. Null unless the data of the call must be kept.',
        resolve: ({ hold }) => hold,
      }),
      providerData: t.field({
        type: 'JSON',
        nullable: true,
        description: 'Data of the provider that has no field in this schema, unchanged.',
        resolve: (call) => call.providerData ?? null,
      }),
    }),
  });
  addCallTag(refs);
  addCallHold(refs);
  addCapturePause(refs, enums);
  addCallState(builder, refs, enums, deps);
  addCallTimes(builder, refs, deps);
}

function addCallTag(refs: Refs): void {
  refs.CallTag.implement({
    description: 'A tag of a call.',
    fields: (t) => ({
      tag: t.exposeString('tag', { description: 'The tag.' }),
      addedBy: t.exposeString('by', {
        nullable: true,
        description:
          'The name of the access token of the client that added it. Null if an earlier release stored it.',
      }),
      addedAt: t.expose('at', {
        type: 'DateTime',
        nullable: true,
        description: 'When it was added. Null if an earlier release stored it.',
      }),
    }),
  });
}

function addCallHold(refs: Refs): void {
  refs.CallHold.implement({
    description: 'A legal hold: the data of the call is neither erased nor removed by retention.',
    fields: (t) => ({
      by: t.exposeString('by', { description: 'The name of the access token of the client that placed it.' }),
      since: t.field({
        type: 'DateTime',
        description: 'When it was placed.',
        resolve: ({ at }) => at,
      }),
      reason: t.string({
        nullable: true,
        description: 'Why, as given by the client.',
        resolve: ({ reason }) => reason,
      }),
    }),
  });
}

function addCapturePause(refs: Refs, enums: Enums): void {
  refs.CapturePause.implement({
    description: 'A pause of the capture of a live call, which continues meanwhile.',
    fields: (t) => ({
      parts: t.field({
        type: [enums.CapturePart],
        description: 'What is paused.',
        resolve: ({ parts }) => [...parts],
      }),
      since: t.field({ type: 'DateTime', description: 'When it started.', resolve: ({ from }) => from }),
      until: t.expose('until', { type: 'DateTime', description: 'When it ends at the latest.' }),
      by: t.exposeString('by', {
        description: 'The name of the access token of the client that paused it, or changed the pause last.',
      }),
      reason: t.string({
        nullable: true,
        description: 'Why, as given by the client.',
        resolve: ({ reason }) => reason,
      }),
    }),
  });
}

function addCallState(builder: Builder, refs: Refs, enums: Enums, { providers }: SchemaDeps): void {
  builder.objectFields(refs.Call, (t) => ({
    status: t.expose('status', { type: enums.CallStatus, description: 'The phase of the call.' }),
    isLive: t.boolean({ description: 'Whether the call has not ended.', resolve: isLive }),
    end: t.field({
      type: refs.CallEnd,
      nullable: true,
      description: 'Why the call ended. Null while it is live.',
      resolve: (call) => call.end,
    }),
    mutedParties: t.field({
      type: [enums.Party],
      description:
        'The parties that were muted by commands. Mutes from elsewhere are unknown, because providers do not report them.',
      resolve: ({ mutedParties }) => [...mutedParties],
    }),
    capabilities: t.field({
      type: [enums.Capability],
      description: 'The actions that are possible at this moment. Empty if the call has ended.',
      resolve: (call) =>
        mapNowOrLater(providers.get(call.providerId)?.capabilitiesFor(call) ?? [], (offered) => [...offered]),
    }),
    capturePause: t.field({
      type: refs.CapturePause,
      nullable: true,
      description: 'The pause of the capture. Null if the call is not paused, or has ended.',
      resolve: (call) => (isLive(call) ? capturePauseOf(call) : null),
    }),
    transcription: t.field({
      type: refs.Transcription,
      nullable: true,
      description: 'The current or last transcription. Null if no transcriber was ever used for the call.',
      resolve: (call) => call.transcription,
    }),
  }));
}

function addCallTimes(builder: Builder, refs: Refs, { now }: SchemaDeps): void {
  builder.objectFields(refs.Call, (t) => ({
    createdAt: t.expose('createdAt', {
      type: 'DateTime',
      description: 'When the call was created at the provider or, if unknown, when it was first reported.',
    }),
    answeredAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the call was answered. Null if it was not.',
      resolve: (call) => call.answeredAt,
    }),
    endedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the call ended. Null while it is live.',
      resolve: (call) => call.endedAt,
    }),
    durationMs: t.int({
      nullable: true,
      description:
        'The time from answer to end, or until now while live, in ms, at most 2147483647 (24.8 days). Null if it was not answered.',
      resolve: ({ answeredAt, endedAt }) =>
        answeredAt === undefined ? null : Math.max(0, (endedAt ?? now()) - answeredAt),
    }),
  }));
}
