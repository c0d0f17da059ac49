/** Descriptions of the enum values that mirror a list in core. The compiler rejects a value without a description. */
import type {
  CallDirection,
  CallFactType,
  CallStatus,
  CallTranscriptionState,
  CapturePart,
  Capability,
  CheckState,
  CommandKind,
  CommandStatus,
  EndCategory,
  FailureCode,
  MessageRole,
  Party,
  ProviderState,
} from '@sidetone/core';
import type { RequestDirection, RequestKind } from '../../plugins/requests/recent-requests.ts';

export const CALL_STATUS = {
  QUEUED: 'Created, but not dialled yet.',
  RINGING: 'Ringing, and not answered yet.',
  IN_PROGRESS: 'Answered.',
  FORWARDING: 'Being forwarded. Returns to IN_PROGRESS if the transfer fails.',
  ENDED: 'Ended. This status is final.',
} as const satisfies Record<CallStatus, string>;

export const CALL_DIRECTION = {
  INBOUND: 'The account received the call.',
  OUTBOUND: 'The account placed the call.',
  WEB: 'The call has no telephone leg, for example because it was started in a browser.',
} as const satisfies Record<CallDirection, string>;

export const PARTY = {
  CUSTOMER: 'The person on the telephone.',
  ASSISTANT: 'The voice agent or person who speaks for the account.',
  UNKNOWN: 'The provider does not identify the party of this track.',
} as const satisfies Record<Party, string>;

export const END_CATEGORY = {
  CUSTOMER_ENDED: 'The customer hung up.',
  ASSISTANT_ENDED: 'The assistant, or the application that controls the call, ended it.',
  OPERATOR_ENDED: "The call was ended or cancelled from outside, for example through the provider's API.",
  FORWARDED: 'The call was forwarded. Whether the destination answered is not known.',
  NO_ANSWER: 'The call was not answered.',
  BUSY: 'The called party was busy.',
  REJECTED: 'The called party or a network rejected the call.',
  LIMIT_REACHED: 'A limit was reached, such as the maximum duration of a call or of silence.',
  MEDIA_LOST: 'Audio was missing or its connection was lost.',
  CONFIGURATION: 'The account, a number or the application of the call is not configured correctly.',
  PROVIDER_FAULT: 'The provider failed.',
  UNKNOWN: 'The provider reported no reason, or one that is not known.',
} as const satisfies Record<EndCategory, string>;

export const CAPABILITY = {
  SAY: 'The mutation `say`.',
  ADD_MESSAGE: 'The mutation `addMessage`.',
  MUTE_ASSISTANT: 'The mutations `mute` and `unmute` for the assistant.',
  MUTE_CUSTOMER: 'The mutations `mute` and `unmute` for the customer.',
  SAY_FIRST_MESSAGE: 'The mutation `sayFirstMessage`.',
  TRANSFER: 'The mutation `transfer`.',
  HANDOFF: 'The mutation `handoff`.',
  END_CALL: 'The mutation `endCall`.',
  SEND_DTMF: 'The mutation `sendDtmf`.',
  PLAY_AUDIO: 'The mutation `playAudio`.',
  CLEAR_AUDIO: 'The mutation `clearAudio`.',
  PLACE_CALL: 'The mutation `placeCall`. A capability of providers, not of calls.',
  LISTEN: 'Live audio: `Call.listenUrl` and the mutation `transcribe`.',
} as const satisfies Record<Capability, string>;

export const MESSAGE_ROLE = {
  SYSTEM: 'An instruction to the assistant.',
  USER: 'The customer.',
  ASSISTANT: 'The assistant.',
} as const satisfies Record<MessageRole, string>;

export const PROVIDER_STATE = {
  STARTING: 'Starting, or started and not checked for the first time yet.',
  RUNNING: 'Running, without a known problem.',
  DEGRADED: 'Running, with a problem that `stateMessage` describes.',
  FAILED:
    'Not running because of an error. `stateMessage` has the reason and, if there is one, the time of the next attempt.',
  STOPPED: 'Not running: stopped, or removed from the configuration.',
} as const satisfies Record<ProviderState, string>;

export const CHECK_STATE = {
  OK: 'It works.',
  WARNING: 'It works, and a part is missing or unusual.',
  FAILED: 'Calls, audio or commands are missing until it is corrected.',
  SKIPPED: 'Not checked: it does not apply, or could not be read.',
} as const satisfies Record<CheckState, string>;

export const REQUEST_DIRECTION = {
  RECEIVED: 'The provider.',
  SENT: 'The daemon.',
} as const satisfies Record<RequestDirection, string>;

export const REQUEST_KIND = {
  REQUEST: 'An HTTP request, such as a webhook.',
  SOCKET: 'A WebSocket.',
} as const satisfies Record<RequestKind, string>;

export const COMMAND_KIND = {
  PLACE_CALL: 'Sent by `placeCall`.',
  SAY: 'Sent by `say`.',
  ADD_MESSAGE: 'Sent by `addMessage`.',
  MUTE: 'Sent by `mute`.',
  UNMUTE: 'Sent by `unmute`.',
  SAY_FIRST_MESSAGE: 'Sent by `sayFirstMessage`.',
  TRANSFER: 'Sent by `transfer`.',
  HANDOFF: 'Sent by `handoff`.',
  END_CALL: 'Sent by `endCall`.',
  SEND_DTMF: 'Sent by `sendDtmf`.',
  PLAY_AUDIO: 'Sent by `playAudio`.',
  CLEAR_AUDIO: 'Sent by `clearAudio`.',
  PAUSE_CAPTURE: 'Sent by `pauseCapture`.',
  RESUME_CAPTURE: 'Sent by `resumeCapture`.',
} as const satisfies Record<CommandKind, string>;

export const COMMAND_STATUS = {
  REQUESTED: 'Stored, and not answered by the provider yet.',
  ACCEPTED: 'Accepted by the provider. Whether it took effect is not known yet.',
  REFUSED: 'Rejected by Sidetone or by the provider, without effect.',
  UNKNOWN: 'The provider did not answer in time. The command may have taken effect.',
  CONFIRMED:
    'Events of the provider show that the command took effect, or the daemon carried it out itself. A confirmed transfer was forwarded; whether its destination answered is not known.',
} as const satisfies Record<CommandStatus, string>;

export const FAILURE_CODE = {
  CALL_NOT_FOUND: 'No such call exists.',
  CALL_NOT_LIVE: 'The call has ended.',
  CAPABILITY_MISSING: 'The provider, or the call at this moment, does not support the command.',
  PROVIDER_REFUSED: 'The provider rejected the command.',
  PROVIDER_UNREACHABLE: 'The provider could not be reached, so the command had no effect.',
  PROVIDER_TIMEOUT: 'The provider did not answer in time. The command may have taken effect.',
  PROVIDER_RATE_LIMITED: 'The provider received too many requests.',
  PROVIDER_NOT_RUNNING: 'The provider instance is not running.',
  IDEMPOTENCY_CONFLICT: 'The idempotency key belongs to another command.',
  DAEMON_DRAINING: 'The daemon is shutting down.',
} as const satisfies Record<FailureCode, string>;

export const CAPTURE_PART = {
  RECORDING: 'The recording, and the waveform. The recording has silence of the same length.',
  TRANSCRIPTION:
    'The transcript: the transcriber receives silence, and texts and pressed keys of the provider are dropped.',
  LISTENING: 'Live audio for clients, who receive silence.',
} as const satisfies Record<CapturePart, string>;

export const TRANSCRIPTION_STATE = {
  CONNECTING: 'Waiting until the transcriber accepts audio.',
  TRANSCRIBING: 'Audio is being transcribed.',
  RECONNECTING: 'The connection was lost and is being restored. Buffered audio is transcribed afterwards.',
  FAILED: 'Ended by an error, which `code` and `message` describe.',
  STOPPED: 'Ended by a request, or together with the call.',
} as const satisfies Record<CallTranscriptionState, string>;

export const CALL_EVENT_TYPE = {
  CALL_STARTED: 'A `CallStarted` event.',
  CALL_UPDATED: 'A `CallUpdated` event.',
  CALL_STATUS_CHANGED: 'A `CallStatusChanged` event.',
  CALL_ENDED: 'A `CallEnded` event.',
  UTTERANCE_FINALIZED: 'An `UtteranceFinalized` event.',
  UTTERANCE_REVISED: 'An `UtteranceRevised` event.',
  SPEECH_STARTED: 'A `SpeechChanged` event: a party started to speak.',
  SPEECH_STOPPED: 'A `SpeechChanged` event: a party stopped speaking.',
  DTMF_RECEIVED: 'A `DtmfReceived` event.',
  STREAM_STARTED: 'A `StreamChanged` event: a stream started.',
  STREAM_STOPPED: 'A `StreamChanged` event: a stream ended.',
  COMMAND_CHANGED: 'A `CommandChanged` event.',
  TRANSFER_STARTED: 'A `TransferStarted` event.',
  ASSISTANT_CHANGED: 'An `AssistantChanged` event.',
  CALL_REPORTED: 'A `CallReported` event.',
  CALL_ANNOTATED: 'A `CallAnnotated` event.',
  CALL_WATCHED: 'A `CallWatched` event.',
  CALL_HOLD_CHANGED: 'A `CallHoldChanged` event.',
  CALL_NOTICE: 'A `CallNotice` event.',
  RECORDING_STARTED: 'A `RecordingChanged` event: the recording started, or continued after a restart.',
  RECORDING_STOPPED: 'A `RecordingChanged` event: the recording ended.',
  TRANSCRIPTION_CHANGED: 'A `TranscriptionChanged` event.',
  CAPTURE_CHANGED: 'A `CaptureChanged` event.',
  LISTENING_STARTED: 'A `ListeningChanged` event: a client started to listen.',
  LISTENING_STOPPED: 'A `ListeningChanged` event: a client stopped listening.',
} as const satisfies Record<CallFactType, string>;
