/** Enumerations that are the same for all providers. Each list is the source of the GraphQL enum of the same name. */

/** The status of a call. It only moves forward, except that a failed transfer returns from FORWARDING to IN_PROGRESS. */
export const CALL_STATUSES = [
  // Placed or reported, and not ringing yet.
  'QUEUED',
  'RINGING',
  // Answered.
  'IN_PROGRESS',
  // Being transferred. The provider may still report text and audio.
  'FORWARDING',
  // Only by `call.ended`.
  'ENDED',
] as const;
export type CallStatus = (typeof CALL_STATUSES)[number];

/** The direction of a call, as seen from the account. WEB is a call without a telephone leg. */
export const CALL_DIRECTIONS = ['INBOUND', 'OUTBOUND', 'WEB'] as const;
export type CallDirection = (typeof CALL_DIRECTIONS)[number];

/** A party of a call. UNKNOWN if the provider does not report which party a track belongs to. */
export const PARTIES = ['CUSTOMER', 'ASSISTANT', 'UNKNOWN'] as const;
export type Party = (typeof PARTIES)[number];

/** The reason for which a call ended. */
export const END_CATEGORIES = [
  // The customer hung up.
  'CUSTOMER_ENDED',
  // The assistant hung up.
  'ASSISTANT_ENDED',
  // Ended or cancelled from outside: by a supervisor, or through the provider's API or console.
  'OPERATOR_ENDED',
  // The call left the provider by a transfer. Whether the destination answered is not known.
  'FORWARDED',
  'NO_ANSWER',
  'BUSY',
  // By the called party or a network.
  'REJECTED',
  // A limit of the account or the assistant: the longest call or silence, the money.
  'LIMIT_REACHED',
  // Audio was missing, or its connection was lost.
  'MEDIA_LOST',
  // The assistant, a number or the account is not set up correctly.
  'CONFIGURATION',
  'PROVIDER_FAULT',
  // The provider reported no reason, or one that the plugin does not know.
  'UNKNOWN',
] as const;
export type EndCategory = (typeof END_CATEGORIES)[number];

/** An action that a call supports. The daemon rejects a command without its capability before it asks the provider. */
export const CAPABILITIES = [
  'SAY',
  'ADD_MESSAGE',
  'MUTE_ASSISTANT',
  'MUTE_CUSTOMER',
  'SAY_FIRST_MESSAGE',
  'TRANSFER',
  'HANDOFF',
  'END_CALL',
  'SEND_DTMF',
  'PLAY_AUDIO',
  'CLEAR_AUDIO',
  'PLACE_CALL',
  'LISTEN',
] as const;
export type Capability = (typeof CAPABILITIES)[number];

/** The role of a message that is added to an assistant's conversation. */
export const MESSAGE_ROLES = ['SYSTEM', 'USER', 'ASSISTANT'] as const;
export type MessageRole = (typeof MESSAGE_ROLES)[number];

/** The state of a provider instance. */
export const PROVIDER_STATES = ['STARTING', 'RUNNING', 'DEGRADED', 'FAILED', 'STOPPED'] as const;
export type ProviderState = (typeof PROVIDER_STATES)[number];

/** The result of a check of the configuration. */
export const CHECK_STATES = [
  'OK',
  // It works, and a part is missing or unusual.
  'WARNING',
  // Calls, audio or commands are missing until it is corrected.
  'FAILED',
  // Not checked: it does not apply, or could not be read.
  'SKIPPED',
] as const;
export type CheckState = (typeof CHECK_STATES)[number];

/** The kind of a command. */
export const COMMAND_KINDS = [
  'PLACE_CALL',
  'SAY',
  'ADD_MESSAGE',
  'MUTE',
  'UNMUTE',
  'SAY_FIRST_MESSAGE',
  'TRANSFER',
  'HANDOFF',
  'END_CALL',
  'SEND_DTMF',
  'PLAY_AUDIO',
  'CLEAR_AUDIO',
  'PAUSE_CAPTURE',
  'RESUME_CAPTURE',
] as const;
export type CommandKind = (typeof COMMAND_KINDS)[number];

/** What can be paused during a call: writing of audio, writing of text, and live audio for clients. */
export const CAPTURE_PARTS = ['RECORDING', 'TRANSCRIPTION', 'LISTENING'] as const;
export type CapturePart = (typeof CAPTURE_PARTS)[number];

/**
 * The status of a command. It starts as REQUESTED and becomes ACCEPTED or REFUSED by the provider's response, or UNKNOWN if
 * there is none in time; CONFIRMED when events of the provider show that the command took effect.
 */
export const COMMAND_STATUSES = ['REQUESTED', 'ACCEPTED', 'REFUSED', 'UNKNOWN', 'CONFIRMED'] as const;
export type CommandStatus = (typeof COMMAND_STATUSES)[number];
