/** Transcribers, and how the transcribing of a call is doing. */
import { CALL_TRANSCRIPTION_STATES, FaultError, invalidArgument, type CallId } from '@sidetone/core';
import type { TranscriberDirectory, TranscriberView } from '../../plugins/ports.ts';
import type { Builder, SchemaDeps } from '../builder.ts';
import type { Enums } from './enums.ts';
import type { Refs } from './refs.ts';
import { requesterOf } from '../operations/requester.ts';

const LANGUAGE = /^[a-z]{2,8}(-[a-z0-9]{1,8})*$/i;

/** The transcriber of a call; a stand-in for one that is no longer configured. */
function transcriberOf(transcribers: TranscriberDirectory, id: string): TranscriberView {
  return transcribers.get(id) ?? removed(id);
}

function removed(id: string): TranscriberView {
  return {
    id,
    plugin: '',
    displayName: id,
    state: 'STOPPED',
    stateMessage: 'It is no longer in the configuration.',
    open() {
      throw new FaultError('PROVIDER_NOT_RUNNING', `the transcriber ${id} is not configured`);
    },
  };
}

export function addTranscription(builder: Builder, refs: Refs, enums: Enums, deps: SchemaDeps): void {
  const { transcribers, transcribing } = deps;

  const State = builder.enumType('TranscriptionState', {
    description:
      'How the transcribing of a call is doing. CONNECTING until the service takes audio, and RECONNECTING while a connection is lost: what is said meanwhile is told later. FAILED says why. STOPPED on request, or with the call.',
    values: CALL_TRANSCRIPTION_STATES,
  });

  refs.Transcriber.implement({
    description: 'A transcriber instance of the configuration: it turns the audio of calls into words.',
    fields: (t) => ({
      id: t.exposeID('id', { description: 'Its key in the configuration.' }),
      plugin: t.exposeString('plugin', { description: 'The package or path that it was loaded from.' }),
      displayName: t.exposeString('displayName', { description: 'For people.' }),
      state: t.expose('state', { type: enums.ProviderState, description: 'How it is doing.' }),
      stateMessage: t.string({
        nullable: true,
        description: 'Why it is not RUNNING, in words an operator can act on, and when it is tried again.',
        resolve: ({ stateMessage }) => stateMessage,
      }),
    }),
  });

  refs.Transcription.implement({
    description: 'Who transcribes a call, and how that is doing.',
    fields: (t) => ({
      transcriber: t.field({
        type: refs.Transcriber,
        description: 'The transcriber.',
        resolve: ({ transcriber }) => transcriberOf(transcribers, transcriber),
      }),
      state: t.expose('state', { type: State, description: 'How it is doing.' }),
      since: t.expose('since', { type: 'DateTime', description: 'Since when it is as it is.' }),
      code: t.string({
        nullable: true,
        description: 'What is wrong, for programs; null when nothing is.',
        resolve: ({ code }) => code,
      }),
      message: t.string({
        nullable: true,
        description: 'What is wrong and what to do, for people.',
        resolve: ({ message }) => message,
      }),
    }),
  });

  builder.queryFields((t) => ({
    transcribers: t.field({
      type: [refs.Transcriber],
      description: 'The configured transcribers.',
      resolve: () => [...transcribers.list()],
    }),
  }));

  builder.mutationFields((t) => ({
    transcribe: t.field({
      type: refs.Call,
      description:
        "Has a live call transcribed from now on, or no longer. While it is, the provider's own words are left out. How it goes is told by `Call.transcription` and its events.",
      args: {
        callId: t.arg.id({ required: true, description: 'The call.' }),
        on: t.arg.boolean({ required: true, description: 'Whether it is to be transcribed.' }),
        transcriber: t.arg.id({
          required: false,
          description:
            'By which transcriber: its key in the configuration. Needed only where there are several and none is set for the provider.',
        }),
        language: t.arg.string({
          required: false,
          description: 'What is spoken, as BCP 47 (`en-IN`); as the transcriber is configured without it.',
        }),
      },
      resolve: (_root, { callId, on, transcriber, language }, context) => {
        if (language != null && !LANGUAGE.test(language))
          throw invalidArgument('language', 'expected a language of BCP 47, such as en-IN');
        return transcribing.set(callId as CallId, {
          on,
          by: requesterOf(context),
          ...(transcriber != null && { transcriber }),
          ...(language != null && { language }),
        });
      },
    }),
  }));
}
