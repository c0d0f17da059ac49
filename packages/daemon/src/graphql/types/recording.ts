/** Recordings. */
import { WAV_HEADER_BYTES } from '@sidetone/core';
import { RECORDING_STATES } from '../../recording/ports.ts';
import type { Builder, SchemaDeps } from '../builder.ts';
import type { Refs } from './refs.ts';

export function addRecording(builder: Builder, refs: Refs, deps: SchemaDeps): void {
  const RecordingState = builder.enumType('RecordingState', {
    description:
      'RECORDING while it is being written, then COMPLETE; FAILED when it could not be written to the end of the call.',
    values: RECORDING_STATES,
  });

  refs.Recording.implement({
    description:
      'What was recorded of a call: one WAV file, 16-bit, the customer on the left channel and the assistant on the right, both aligned in time.',
    fields: (t) => ({
      url: t.string({
        description:
          'Where the file is: with range requests, and the length that it has now while it is being written.',
        resolve: ({ callId }) => deps.addressOf(`calls/${callId}/recording.wav`).href,
      }),
      state: t.expose('state', { type: RecordingState, description: 'Whether there is more to come.' }),
      startedAt: t.expose('startedAt', {
        type: 'DateTime',
        description: 'When its first sample was heard: at the first audio of the call, not at its answer.',
      }),
      durationMs: t.exposeInt('durationMs', { description: 'Its length, ms.' }),
      channels: t.exposeInt('channels', { description: 'How many channels: 2.' }),
      sampleRate: t.exposeInt('sampleRate', { description: 'Hz.' }),
      bytes: t.int({
        description: 'Size of the file, bytes.',
        resolve: ({ bytes }) => bytes + WAV_HEADER_BYTES,
      }),
    }),
  });

  builder.objectField(refs.Call, 'recording', (t) =>
    t.field({
      type: refs.Recording,
      nullable: true,
      description: 'What was recorded of it; null when it is not recorded, or nothing of it was heard yet.',
      resolve: (call) => deps.recordings.find(call.id),
    }),
  );
}
