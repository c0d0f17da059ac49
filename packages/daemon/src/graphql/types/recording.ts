/** Recordings. */
import { WAV_HEADER_BYTES } from '@sidetone/core';
import { recordingPath, type RecordingFormat, type RecordingState } from '../../recording/ports.ts';
import type { Builder, SchemaDeps } from '../builder.ts';
import { addEnum } from './enums.ts';
import type { Refs } from './refs.ts';

const RECORDING_STATE = {
  RECORDING: 'The file is being written.',
  COMPLETE: 'The file is complete.',
  FAILED: 'Writing failed before the end of the call. The file contains the audio up to that moment.',
} as const satisfies Record<RecordingState, string>;

const RECORDING_FORMAT = {
  WAV: 'Uncompressed. Supports range requests.',
  FLAC: 'Compressed without loss. Supports range requests if the recording is stored as FLAC; otherwise it is compressed while it is sent.',
} as const satisfies Record<RecordingFormat, string>;

const addFormat = (builder: Builder) =>
  addEnum(builder, 'RecordingFormat', 'The format of the file of a recording.', RECORDING_FORMAT);

export type RecordingFormatEnum = ReturnType<typeof addFormat>;

export function addRecording(builder: Builder, refs: Refs, deps: SchemaDeps): RecordingFormatEnum {
  const FormatEnum = addFormat(builder);
  const StateEnum = addEnum(builder, 'RecordingState', 'The state of a recording.', RECORDING_STATE);

  refs.Recording.implement({
    description:
      'The recording of a call: a 16-bit WAV file with the customer on the left channel and the assistant on the right.',
    fields: (t) => ({
      url: t.string({
        description:
          'The URL of the file. As WAV, it supports range requests. It can be read while the file is being written.',
        args: {
          format: t.arg({
            type: FormatEnum,
            required: true,
            defaultValue: 'WAV',
            description: 'The format of the file.',
          }),
        },
        resolve: ({ callId }, { format }) => deps.urlOf(recordingPath(callId, format)).href,
      }),
      state: t.expose('state', { type: StateEnum, description: 'The state of the recording.' }),
      startedAt: t.expose('startedAt', {
        type: 'DateTime',
        description:
          'The time of the first sample: when the first audio arrived, not the answer of the call.',
      }),
      durationMs: t.exposeInt('durationMs', { description: 'The current length, ms.' }),
      channels: t.exposeInt('channels', { description: 'The number of channels: 2.' }),
      sampleRate: t.exposeInt('sampleRate', { description: 'The sample rate, Hz.' }),
      bytes: t.int({
        description: 'The current size of the file as WAV, in bytes.',
        resolve: ({ bytes }) => bytes + WAV_HEADER_BYTES,
      }),
      storedFormat: t.field({
        type: FormatEnum,
        nullable: true,
        description:
          'The format in which the recording is stored, see `recording.storage` of the configuration. Null if its file is missing.',
        resolve: async ({ callId }) => (await deps.recordings.stored(callId))?.format ?? null,
      }),
      storedBytes: t.int({
        nullable: true,
        description: 'The size of the stored file, in bytes. Null if it is missing.',
        resolve: async ({ callId }) => (await deps.recordings.stored(callId))?.bytes ?? null,
      }),
    }),
  });

  builder.objectField(refs.Call, 'recording', (t) =>
    t.field({
      type: refs.Recording,
      nullable: true,
      description: 'The recording of the call. Null if it is not recorded, or no audio has arrived yet.',
      resolve: (call) => deps.recordings.find(call.id),
    }),
  );
  return FormatEnum;
}
