/** Utterances and media streams. */
import type { SchemaDeps } from '../builder.ts';
import type { Enums } from './enums.ts';
import { callOf } from './lookup.ts';
import type { Refs } from './refs.ts';

export function addUtterance(refs: Refs, enums: Enums, deps: SchemaDeps): void {
  refs.Utterance.implement({
    description: 'A stretch of speech of one party, as text.',
    interfaces: [refs.Node],
    isTypeOf: (value) => typeof value === 'object' && value !== null && 'utterance' in value,
    fields: (t) => ({
      id: t.id({
        description: "Sidetone's id of the utterance. A partial has the id of its later final.",
        resolve: ({ utterance }) => utterance.id,
      }),
      call: t.field({
        type: refs.Call,
        description: 'The call.',
        resolve: ({ callId }) => callOf(deps, callId),
      }),
      party: t.field({
        type: enums.Party,
        description: 'The speaker.',
        resolve: ({ utterance }) => utterance.party,
      }),
      text: t.string({ description: 'The text.', resolve: ({ utterance }) => utterance.text }),
      isFinal: t.boolean({
        description:
          'Whether the utterance is complete and stored. A partial is replaced by the next update of the same party.',
        resolve: ({ position }) => position !== undefined,
      }),
      startMs: t.int({
        nullable: true,
        description:
          'The start in ms from the answer of the call, or from its creation if it was not answered. Null if unknown.',
        resolve: ({ utterance }) => utterance.startMs && Math.round(utterance.startMs),
      }),
      endMs: t.int({
        nullable: true,
        description:
          'The end in ms from the answer of the call, or from its creation if it was not answered. Null if unknown.',
        resolve: ({ utterance }) => utterance.endMs && Math.round(utterance.endMs),
      }),
      confidence: t.float({
        nullable: true,
        description: 'The confidence of the speech recogniser, 0 to 1. Null if unknown.',
        resolve: ({ utterance }) => utterance.confidence,
      }),
      at: t.field({ type: 'DateTime', description: 'When the text was received.', resolve: ({ at }) => at }),
      addedBy: t.string({
        nullable: true,
        description:
          'The name of the access token of the client that added it with `addUtterance`. Null if it comes from the provider or from a transcriber.',
        resolve: ({ by }) => by,
      }),
    }),
  });
}

export function addMediaStream(refs: Refs, enums: Enums): void {
  refs.MediaStream.implement({
    description:
      'A continuous piece of audio that the provider sent for a call. A call can have several, one after another or at once.',
    fields: (t) => ({
      id: t.exposeID('id', { description: "Sidetone's id of the stream." }),
      providerStreamId: t.exposeString('providerStreamId', {
        nullable: true,
        description: "The provider's id of the stream.",
      }),
      encoding: t.exposeString('encoding', {
        description: 'The encoding of the samples: `pcm_s16le` or `mulaw`.',
      }),
      sampleRate: t.exposeInt('sampleRate', { description: 'The sample rate, Hz.' }),
      parties: t.field({
        type: [enums.Party],
        description: 'The parties whose audio it contains.',
        resolve: ({ parties }) => [...parties],
      }),
      startedAt: t.expose('startedAt', { type: 'DateTime', description: 'When it started.' }),
      endedAt: t.expose('endedAt', {
        type: 'DateTime',
        nullable: true,
        description: 'When it ended. Null while it is open.',
      }),
      endReason: t.exposeString('endReason', {
        nullable: true,
        description: 'Why it ended. Null while it is open.',
      }),
      frames: t.exposeInt('frames', {
        description: 'The number of frames received. 0 until the stream has ended.',
      }),
      bytes: t.exposeInt('bytes', {
        description: 'The number of bytes of audio received. 0 until the stream has ended.',
      }),
      missingFrames: t.exposeInt('missingFrames', {
        description:
          "The number of frames that were lost, by the provider's sequence numbers. 0 until the stream has ended.",
      }),
      listeningLostMs: t.exposeInt('listeningLostMs', {
        description:
          'Audio that arrived too late for live listeners, in ms, summed over the parties. 0 without listeners, and until the stream has ended.',
      }),
      recordingLostMs: t.exposeInt('recordingLostMs', {
        description:
          'Audio that arrived too late for the recording, in ms, summed over the parties. 0 without a recording, and until the stream has ended.',
      }),
      transcriptLostMs: t.exposeInt('transcriptLostMs', {
        description:
          'Audio that arrived too late for the transcriber, in ms, summed over the parties. 0 without a transcriber, and until the stream has ended.',
      }),
    }),
  });
}
