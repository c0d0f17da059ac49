/** Mutations that add to stored calls. */
import type { CallId } from '@sidetone/core';
import {
  MAX_NOTE_CHARACTERS,
  MAX_NOTES_PER_CALL,
  MAX_TAG_CHARACTERS,
  MAX_TAGS_PER_CALL,
} from '../../calls/annotation-service.ts';
import { checkKey, checkText, ofInput } from '../../commands/input-checks.ts';
import type { Builder, SchemaDeps } from '../builder.ts';
import { requesterOf } from '../context.ts';
import type { Enums } from '../types/enums.ts';
import type { Refs } from '../types/refs.ts';

export function addAnnotations(builder: Builder, refs: Refs, enums: Enums, deps: SchemaDeps): void {
  addUtteranceMutation(builder, refs, enums, deps);
  const { annotations } = deps;
  const callId = { required: true, description: 'The id of the call.' } as const;
  builder.mutationFields((t) => ({
    tagCall: t.field({
      type: refs.Call,
      description: `Adds tags to a call and removes others. A call has at most ${MAX_TAGS_PER_CALL} tags of at most ${MAX_TAG_CHARACTERS} characters. Adding an existing tag, or removing a missing one, has no effect.`,
      args: {
        callId: t.arg.id(callId),
        add: t.arg.stringList({ required: false, description: 'The tags to add.' }),
        remove: t.arg.stringList({ required: false, description: 'The tags to remove.' }),
      },
      resolve: (_root, { callId: id, add, remove }, context) =>
        annotations.tag(id as CallId, add ?? [], remove ?? [], requesterOf(context)),
    }),
    addNote: t.field({
      type: refs.Note,
      description: `Adds a note to a call. A call has at most ${MAX_NOTES_PER_CALL} notes of at most ${MAX_NOTE_CHARACTERS} characters.`,
      args: {
        callId: t.arg.id(callId),
        text: t.arg.string({ required: true, description: 'The text of the note.' }),
        offsetMs: t.arg.int({
          required: false,
          description: 'The moment of the call that the note refers to, in ms from the answer.',
        }),
      },
      resolve: (_root, { callId: id, text, offsetMs }, context) =>
        annotations.addNote(id as CallId, text, offsetMs ?? undefined, requesterOf(context)),
    }),
  }));
}

function addUtteranceMutation(builder: Builder, refs: Refs, enums: Enums, { utterances }: SchemaDeps): void {
  const AddUtteranceInput = builder.inputType('AddUtteranceInput', {
    description: "An utterance that was recognised by the client's own speech recogniser or voice agent.",
    fields: (t) => ({
      callId: t.id({ required: true, description: 'The id of the call.' }),
      party: t.field({ type: enums.Party, required: true, description: 'The speaker.' }),
      text: t.string({ required: true, description: 'The text, at most 10,000 characters.' }),
      isFinal: t.boolean({
        defaultValue: true,
        description:
          'Whether the utterance is complete. A partial is delivered to subscriptions, replaced by the next one of the same party, and never stored. Partials of an ended call fail with INPUT_INVALID.',
      }),
      utteranceId: t.string({
        description:
          "The client's own name for the utterance, or an id that an earlier `addUtterance` returned: 1 to 200 printable characters. Within a call, a partial with the same name is replaced, and a repeated final returns the one that is stored.",
      }),
      startMs: t.int({ description: 'The start in ms from the answer of the call.' }),
      endMs: t.int({
        description:
          'The end in ms from the answer of the call. If both offsets are left out, the end is the current time.',
      }),
      confidence: t.float({ description: 'The confidence of the speech recogniser, 0 to 1.' }),
    }),
  });

  builder.mutationField('addUtterance', (t) =>
    t.field({
      type: refs.Utterance,
      description: 'Adds an utterance to the transcript of a live or ended call.',
      args: { input: t.arg({ type: AddUtteranceInput, required: true, description: 'The utterance.' }) },
      resolve: (_root, { input }, context) => {
        const { callId, party, text, isFinal, utteranceId, startMs, endMs, confidence } = input;
        checkText('text', text);
        if (utteranceId != null) checkKey('utteranceId', utteranceId);
        return ofInput(() =>
          utterances.add({
            callId: callId as CallId,
            party,
            text,
            isFinal: isFinal ?? true,
            by: requesterOf(context),
            ...(utteranceId != null && { utteranceId }),
            ...(startMs != null && { startMs }),
            ...(endMs != null && { endMs }),
            ...(confidence != null && { confidence }),
          }),
        );
      },
    }),
  );
}
