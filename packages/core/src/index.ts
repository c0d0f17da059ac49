export {
  CALL_DIRECTIONS,
  CALL_STATUSES,
  CAPABILITIES,
  CAPTURE_PARTS,
  CHECK_STATES,
  COMMAND_KINDS,
  COMMAND_STATUSES,
  END_CATEGORIES,
  MESSAGE_ROLES,
  PARTIES,
  PROVIDER_STATES,
  type CallDirection,
  type CallStatus,
  type CapturePart,
  type Capability,
  type CheckState,
  type CommandKind,
  type CommandStatus,
  type EndCategory,
  type MessageRole,
  type Party,
  type ProviderState,
} from './vocabulary.ts';
export {
  callId,
  commandId,
  ID_PREFIXES,
  listenerId,
  noteId,
  providerCallId,
  providerId,
  providerStreamId,
  streamId,
  utteranceId,
  type CallId,
  type CommandId,
  type IdSource,
  type ListenerId,
  type NoteId,
  type ProviderCallId,
  type ProviderId,
  type ProviderStreamId,
  type StreamId,
  type UtteranceId,
} from './ids.ts';
export { normalizeUnicode } from './normalize.ts';
export { findHeaderSecretError, findSecretError, Secret } from './secret.ts';
export {
  FAILURE_CODES,
  FAULTS,
  FaultError,
  invalidArgument,
  isFailureCode,
  isFault,
  messageOf,
  type FailureCode,
  type FaultCode,
  type FaultDetails,
  type FaultKind,
} from './errors.ts';
export type { OptionsSchema, SchemaIssue, SchemaResult } from './standard-schema.ts';
export {
  PROVIDER_EVENT_TYPES,
  type Assistant,
  type CallDetails,
  type CallEnd,
  type Money,
  type NoticeSubject,
  type ProviderEvent,
  type ProviderEventBase,
  type ProviderEventFields,
  type ProviderEventOf,
  type ProviderEventType,
  type ReportedUtterance,
} from './provider-event.ts';
export {
  EVENT_LIMITS,
  isWithinDataLimits,
  limitProviderEvent,
  limitTranscriberEvent,
  type LimitedEvent,
} from './events/event-limits.ts';
export {
  findMediaStreamError,
  findProviderEventError,
  findTranscriberEventError,
} from './events/event-rules.ts';
export {
  CALL_FACT_TYPES,
  causedBy,
  FACT_CAUSES,
  CALL_TRANSCRIPTION_STATES,
  RECORDING_ENDS,
  type CallFact,
  type CallFactFields,
  type CallFactOf,
  type CallFactType,
  type ClientFact,
  type DaemonFact,
  type CallRecord,
  type CallTranscription,
  type CallTranscriptionState,
  type Command,
  type Failure,
  type MediaStreamInfo,
  type Note,
  type RecordingEnd,
  type StreamCounters,
  type Utterance,
} from './fact.ts';
export {
  evolve,
  isLive,
  isTranscribed,
  offsetOrigin,
  withDetails,
  type Call,
  type CallHold,
  type Speech,
  type TagOrigin,
} from './call.ts';
export {
  CAPTURE_MARGIN_MS,
  MAX_CAPTURE_PAUSES,
  capturePauseOf,
  type CapturePause,
  type CapturePauses,
} from './capture.ts';
export { NEXT_STATUSES, nextStatus } from './call-status.ts';
export { NEXT_COMMAND_STATUSES } from './command-status.ts';
export { decide, type DecisionContext } from './decide.ts';
export { isTextPaused } from './transcript/paused-text.ts';
export { missingUtterances, type SpokenText } from './transcript/merge.ts';
export { comparableWords, splitWords } from './transcript/words.ts';
export type { Socket } from './socket.ts';
export type {
  AudioEncoding,
  Clock,
  DialOptions,
  GuardedAccess,
  LogFields,
  Logger,
  MediaStream,
  MediaStreamOptions,
  PluginHost,
  PluginState,
  ProviderHost,
  DemandKind,
} from './host.ts';
export {
  capabilitiesOf,
  CONTRACT_VERSION,
  CONTROL_CAPABILITIES,
  defineProvider,
  DIAGNOSTIC_LIMITS,
  type Admission,
  type BackfillPage,
  type BackfillRequest,
  type CommandContext,
  type Control,
  type ControlArguments,
  type ControlledCall,
  type ControlName,
  type Controls,
  type Diagnostic,
  type Ingress,
  type IngressRequest,
  type IngressRequestHead,
  type WebhookSetting,
  type IngressResponse,
  type NoArguments,
  type PlaceCallArguments,
  type Provider,
  type ProviderPlugin,
} from './contract.ts';
export {
  defineTranscriber,
  TRANSCRIBER_EVENT_TYPES,
  TRANSCRIPTION_STATES,
  type TranscribedCall,
  type Transcriber,
  type TranscriberEvent,
  type TranscriberEventFields,
  type TranscriberEventOf,
  type TranscriberEventType,
  type TranscriberHost,
  type TranscriberPlugin,
  type Transcription,
  type TranscriptionRequest,
  type TranscriptionState,
} from './transcriber.ts';
export { decodeMulaw, MULAW_TO_LINEAR } from './audio/mulaw.ts';
export { decodePcm16be, decodePcm16le } from './audio/pcm.ts';
export { encodeMulaw, encodePcm16be, encodePcm16le } from './audio/encode.ts';
export { PCM_SAMPLE_BYTES, SAMPLE_BYTES } from './audio/sample-bytes.ts';
export { createResampler, type Resampler } from './audio/resampler.ts';
export { encodeWavHeader, WAV_HEADER_BYTES, type WavFormat } from './audio/wav-header.ts';
export { FRAME_MS, MAX_CATCH_UP, pace } from './audio/pacer.ts';
export { LevelMeter, SILENCE, SILENCE_DB, type Level } from './audio/level-meter.ts';
