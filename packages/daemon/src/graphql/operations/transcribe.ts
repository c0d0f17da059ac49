/** Lists transcribers, and switches transcription of a call on and off. */
import { invalidArgument, type CallId } from '@sidetone/core';
import type { Builder, SchemaDeps } from '../builder.ts';
import { requesterOf } from '../context.ts';
import type { Refs } from '../types/refs.ts';

const LANGUAGE = /^[a-z]{2,8}(-[a-z0-9]{1,8})*$/i;

export function addTranscribe(builder: Builder, refs: Refs, deps: SchemaDeps): void {
  const { transcribers, transcription } = deps;

  builder.queryField('transcribers', (t) =>
    t.field({
      type: [refs.Transcriber],
      description: 'The transcriber instances of the configuration.',
      resolve: () => [...transcribers.list()],
    }),
  );

  builder.mutationField('transcribe', (t) =>
    t.field({
      type: refs.Call,
      description:
        "Starts or stops transcription of a live call. While it is transcribed, the provider's own transcript is ignored. Returns when the request is stored; `Call.transcription` and `TranscriptionChanged` events report the progress. Fails with CALL_NOT_FOUND, CALL_NOT_LIVE, or CAPABILITY_MISSING if the call has no audio.",
      args: {
        callId: t.arg.id({ required: true, description: 'The id of the call.' }),
        on: t.arg.boolean({ required: true, description: 'True to start transcription, false to stop it.' }),
        transcriber: t.arg.id({
          required: false,
          description:
            'The id of the transcriber. Required only if several are configured and none is set for the provider.',
        }),
        language: t.arg.string({
          required: false,
          description:
            'The spoken language as a BCP 47 tag, such as `en-IN`. Default: the configuration of the transcriber.',
        }),
      },
      resolve: (_root, { callId, on, transcriber, language }, context) => {
        if (language != null && !LANGUAGE.test(language)) {
          throw invalidArgument('language', 'expected a BCP 47 language tag, such as en-IN');
        }
        return transcription.set(callId as CallId, {
          on,
          by: requesterOf(context),
          ...(transcriber != null && { transcriber }),
          ...(language != null && { language }),
        });
      },
    }),
  );
}
