/** Executes actions at this node, with the services of their features. */
import type { AnnotationService } from '../calls/annotation-service.ts';
import type { Erasure } from '../calls/erasure.ts';
import type { HoldService } from '../calls/hold-service.ts';
import type { CaptureService } from '../capture/capture-service.ts';
import type { CommandService } from '../commands/command-service.ts';
import type { TranscriptionService } from '../transcription/transcription-service.ts';
import type { UtteranceService } from '../transcription/utterance-service.ts';
import type { CallActions } from './actions.ts';

/** The services that decide about calls. */
export interface CallServices {
  readonly commands: Pick<CommandService, 'run' | 'watch'>;
  readonly capture: Pick<CaptureService, 'pause' | 'resume'>;
  readonly transcription: Pick<TranscriptionService, 'set'>;
  readonly utterances: Pick<UtteranceService, 'add'>;
  readonly annotations: Pick<AnnotationService, 'tag' | 'addNote'>;
  readonly holds: Pick<HoldService, 'place' | 'release'>;
  readonly erasure: Pick<Erasure, 'removeCall'>;
}

export const actionsOf = (services: CallServices): CallActions => ({
  control: ({ name, callId, args, by, key }) => services.commands.run(name, callId, args, by, key),
  watch: ({ providerId, providerCallId, by }) => services.commands.watch(providerId, providerCallId, by),
  pauseCapture: ({ callId, pause, by, key }) => services.capture.pause(callId, pause, by, key),
  resumeCapture: ({ callId, by, key }) => services.capture.resume(callId, by, key),
  transcribe: ({ callId, ...request }) => services.transcription.set(callId, request),
  addUtterance: (request) => services.utterances.add(request),
  tag: ({ callId, add, remove, by }) => services.annotations.tag(callId, add, remove, by),
  addNote: ({ callId, text, offsetMs, by }) => services.annotations.addNote(callId, text, offsetMs, by),
  placeHold: ({ callId, reason, by }) => services.holds.place(callId, reason, by),
  releaseHold: ({ callId, by }) => services.holds.release(callId, by),
  removeCall: ({ callId, by }) => services.erasure.removeCall(callId, by),
});
