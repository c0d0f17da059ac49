/** What clients add to calls, and the erasing of calls. */
import type { CallId } from '@sidetone/core';
import {
  MAX_NOTE_CHARACTERS,
  MAX_NOTES_PER_CALL,
  MAX_TAG_CHARACTERS,
  MAX_TAGS_PER_CALL,
} from '../../calls/annotation-service.ts';
import type { Builder, SchemaDeps } from '../builder.ts';
import type { Enums } from '../types/enums.ts';
import { checkKey, checkText, ofInput } from '../../commands/input-checks.ts';
import type { Refs } from '../types/refs.ts';
import { requesterOf } from './requester.ts';

export function addAnnotations(builder: Builder, refs: Refs, enums: Enums, deps: SchemaDeps): void {
  const { annotations, utterances, erasure } = deps;
  addNote(refs);

  const AddUtteranceInput = builder.inputType('AddUtteranceInput', {
    description:
      "Words for a call's transcript that were recognised elsewhere: by a speech recogniser or voice agent of the client's own.",
    fields: (t) => ({
      callId: t.id({ required: true, description: 'The call.' }),
      party: t.field({ type: enums.Party, required: true, description: 'Who said it.' }),
      text: t.string({ required: true, description: 'The words: at most 10,000 characters.' }),
      isFinal: t.boolean({
        defaultValue: true,
        description:
          'Whether the words will not change. Words that may are shown to whoever reads the transcript and replaced by the next of that party, and never stored; only a live call takes them.',
      }),
      utteranceId: t.string({
        description:
          "The client's own name for the utterance, or the id that an earlier answer gave: 1 to 200 printable characters. Of the same call and name, a partial is replaced, and a final told again is the one that was told first.",
      }),
      startMs: t.int({ description: 'Where it begins, ms from the answer of the call.' }),
      endMs: t.int({
        description:
          'Where it ends, ms from the answer of the call. Without offsets, it is taken to have ended now.',
      }),
      confidence: t.float({ description: 'How sure the recogniser is, 0 to 1.' }),
    }),
  });

  builder.mutationFields((t) => ({
    addUtterance: t.field({
      type: refs.Utterance,
      description: "Adds words to a call's transcript, live or over.",
      args: { input: t.arg({ type: AddUtteranceInput, required: true, description: 'Which words.' }) },
      resolve: (_root, { input }) => {
        const { callId, party, text, isFinal, utteranceId, startMs, endMs, confidence } = input;
        checkText('text', text);
        if (utteranceId != null) checkKey('utteranceId', utteranceId);
        return ofInput(() =>
          utterances.add({
            callId: callId as CallId,
            party,
            text,
            isFinal: isFinal ?? true,
            ...(utteranceId != null && { utteranceId }),
            ...(startMs != null && { startMs }),
            ...(endMs != null && { endMs }),
            ...(confidence != null && { confidence }),
          }),
        );
      },
    }),
    tagCall: t.field({
      type: refs.Call,
      description: `Marks a call with words, or takes some away. At most ${MAX_TAGS_PER_CALL} tags of ${MAX_TAG_CHARACTERS} characters. A tag that is there already, or is not there, changes nothing.`,
      args: {
        callId: t.arg.id({ required: true, description: 'The call.' }),
        add: t.arg.stringList({ required: false, description: 'The tags to add.' }),
        remove: t.arg.stringList({ required: false, description: 'The tags to take away.' }),
      },
      resolve: (_root, { callId, add, remove }) => annotations.tag(callId as CallId, add ?? [], remove ?? []),
    }),
    addNote: t.field({
      type: refs.Note,
      description: `Writes something down about a call. At most ${MAX_NOTES_PER_CALL} notes of ${MAX_NOTE_CHARACTERS} characters.`,
      args: {
        callId: t.arg.id({ required: true, description: 'The call.' }),
        text: t.arg.string({ required: true, description: 'The note.' }),
        offsetMs: t.arg.int({
          required: false,
          description: 'Which moment it is about, ms from the answer of the call.',
        }),
      },
      resolve: (_root, { callId, text, offsetMs }, context) =>
        annotations.addNote(callId as CallId, text, offsetMs ?? undefined, requesterOf(context)),
    }),
    deleteCall: t.boolean({
      description:
        'Erases a call that is over and everything kept about it: rows, events, search index, notes; also from the file. True when it was there, false when there is no such call. A live call is refused with CALL_STILL_LIVE. What the provider tells of the call afterwards begins it anew.',
      args: { callId: t.arg.id({ required: true, description: 'The call.' }) },
      resolve: (_root, { callId }) => erasure.erase(callId as CallId),
    }),
  }));
}

function addNote(refs: Refs): void {
  refs.Note.implement({
    description: 'Something that was written down about a call.',
    fields: (t) => ({
      id: t.id({ description: 'Our id of the note.', resolve: ({ note }) => note.id }),
      text: t.string({ description: 'What was written.', resolve: ({ note }) => note.text }),
      at: t.field({ type: 'DateTime', description: 'When it was written.', resolve: ({ at }) => at }),
      offsetMs: t.int({
        nullable: true,
        description:
          'Which moment of the call it is about, ms from the answer; null when it is about the whole call.',
        resolve: ({ note }) => note.offsetMs,
      }),
      author: t.string({ nullable: true, description: 'Who wrote it.', resolve: ({ note }) => note.author }),
    }),
  });
}
