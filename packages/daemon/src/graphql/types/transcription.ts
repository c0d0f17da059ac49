/** Transcribers, and the transcription of a call. */
import type { SchemaDeps } from '../builder.ts';
import type { Enums } from './enums.ts';
import { transcriberOf } from './lookup.ts';
import type { Refs } from './refs.ts';

export function addTranscription(refs: Refs, enums: Enums, deps: SchemaDeps): void {
  refs.Transcriber.implement({
    description: 'A transcriber instance of the configuration. It converts the audio of calls to text.',
    fields: (t) => ({
      id: t.exposeID('id', { description: 'The key of the instance in the configuration.' }),
      plugin: t.exposeString('plugin', { description: 'The package name or path of the plugin.' }),
      displayName: t.exposeString('displayName', { description: 'The name of the service, for people.' }),
      state: t.expose('state', { type: enums.ProviderState, description: 'The state of the instance.' }),
      stateSince: t.field({
        type: 'DateTime',
        nullable: true,
        description:
          'Since when it has this state. A plugin that is retried has failed since its first failure. Null if it is not configured.',
        resolve: ({ stateSince }) => stateSince,
      }),
      stateMessage: t.string({
        nullable: true,
        description: 'Why the state is not RUNNING, and when the next attempt is made. Null while RUNNING.',
        resolve: ({ stateMessage }) => stateMessage,
      }),
    }),
  });

  refs.Transcription.implement({
    description: 'The transcription of a call by a transcriber.',
    fields: (t) => ({
      transcriber: t.field({
        type: refs.Transcriber,
        description: 'The transcriber.',
        resolve: ({ transcriber }) => transcriberOf(deps, transcriber),
      }),
      state: t.expose('state', { type: enums.TranscriptionState, description: 'The state.' }),
      since: t.expose('since', { type: 'DateTime', description: 'When the state was reached.' }),
      code: t.string({
        nullable: true,
        description: 'The error, for programs. Null if there is no error.',
        resolve: ({ code }) => code,
      }),
      message: t.string({
        nullable: true,
        description: 'The error and its remedy, for people. Null if there is no error.',
        resolve: ({ message }) => message,
      }),
    }),
  });
}
