/** What was said, and the streams that it was heard on. */
import type { SchemaDeps } from '../builder.ts';
import type { Enums } from './enums.ts';
import { callOf } from './lookup.ts';
import type { Refs } from './refs.ts';

export function addUtterance(refs: Refs, enums: Enums, deps: SchemaDeps): void {
  refs.Utterance.implement({
    description: 'Words of one party.',
    interfaces: [refs.Node],
    isTypeOf: (value) => typeof value === 'object' && value !== null && 'utterance' in value,
    fields: (t) => ({
      id: t.id({
        description: 'A partial has the id that its final will have.',
        resolve: ({ utterance }) => utterance.id,
      }),
      call: t.field({
        type: refs.Call,
        description: 'Where it was said.',
        resolve: ({ callId }) => callOf(deps, callId),
      }),
      party: t.field({
        type: enums.Party,
        description: 'Who said it.',
        resolve: ({ utterance }) => utterance.party,
      }),
      text: t.string({ description: 'The words.', resolve: ({ utterance }) => utterance.text }),
      isFinal: t.boolean({
        description: 'Whether the words will not change. A partial is replaced by the next.',
        resolve: ({ position }) => position !== undefined,
      }),
      startMs: t.int({
        nullable: true,
        description: 'Where it begins, ms from the answer of the call.',
        resolve: ({ utterance }) => utterance.startMs && Math.round(utterance.startMs),
      }),
      endMs: t.int({
        nullable: true,
        description: 'Where it ends, ms from the answer of the call.',
        resolve: ({ utterance }) => utterance.endMs && Math.round(utterance.endMs),
      }),
      confidence: t.float({
        nullable: true,
        description: 'How sure the recogniser is, 0 to 1.',
        resolve: ({ utterance }) => utterance.confidence,
      }),
      at: t.field({ type: 'DateTime', description: 'When it was told.', resolve: ({ at }) => at }),
    }),
  });
}

export function addMediaStream(refs: Refs, enums: Enums): void {
  refs.MediaStream.implement({
    description: 'One stretch of audio of a call. It may end and another begin while the call goes on.',
    fields: (t) => ({
      id: t.exposeID('id', { description: 'Our id of the stream.' }),
      providerStreamId: t.exposeString('providerStreamId', {
        nullable: true,
        description: "The provider's own id.",
      }),
      encoding: t.exposeString('encoding', { description: '`pcm_s16le` or `mulaw`.' }),
      sampleRate: t.exposeInt('sampleRate', { description: 'Hz.' }),
      parties: t.field({
        type: [enums.Party],
        description: 'Who is heard on it.',
        resolve: ({ parties }) => [...parties],
      }),
      startedAt: t.expose('startedAt', { type: 'DateTime', description: 'When it began.' }),
      endedAt: t.expose('endedAt', { type: 'DateTime', nullable: true, description: 'When it ended.' }),
      endReason: t.exposeString('endReason', { nullable: true, description: 'Why it ended.' }),
      frames: t.exposeInt('frames', { description: 'Frames that came; counted at the end of the stream.' }),
      bytes: t.exposeInt('bytes', {
        description: 'Bytes of audio that came; counted at the end of the stream.',
      }),
      missingFrames: t.exposeInt('missingFrames', {
        description: "Frames that never came, by the provider's own numbering.",
      }),
    }),
  });
}
