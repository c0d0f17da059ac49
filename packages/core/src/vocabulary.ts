/**
 * The words that hold across providers. Each list is the single source of its GraphQL enum.
 */

/** A call's life: it only moves forward, except that a failed transfer brings FORWARDING back to IN_PROGRESS. */
export const CALL_STATUSES = ['QUEUED', 'RINGING', 'IN_PROGRESS', 'FORWARDING', 'ENDED'] as const;
export type CallStatus = (typeof CALL_STATUSES)[number];

/** Who began the call, seen from the account: WEB is a call without a telephone leg. */
export const CALL_DIRECTIONS = ['INBOUND', 'OUTBOUND', 'WEB'] as const;
export type CallDirection = (typeof CALL_DIRECTIONS)[number];

/** Who is heard. UNKNOWN where the provider does not say which side a track is. */
export const PARTIES = ['CUSTOMER', 'ASSISTANT', 'UNKNOWN'] as const;
export type Party = (typeof PARTIES)[number];

/** Why a call is over, in words that hold across providers. */
export const END_CATEGORIES = [
  'CUSTOMER_ENDED',
  'ASSISTANT_ENDED',
  'OPERATOR_ENDED',
  'FORWARDED',
  'NO_ANSWER',
  'BUSY',
  'REJECTED',
  'LIMIT_REACHED',
  'MEDIA_LOST',
  'CONFIGURATION',
  'PROVIDER_FAULT',
  'UNKNOWN',
] as const;
export type EndCategory = (typeof END_CATEGORIES)[number];

/** What can be done to a call. A capability that is not listed is refused before the provider is asked. */
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

/** Whose words a message put into an assistant's conversation is. */
export const MESSAGE_ROLES = ['SYSTEM', 'USER', 'ASSISTANT'] as const;
export type MessageRole = (typeof MESSAGE_ROLES)[number];

/** How a provider instance is doing. */
export const PROVIDER_STATES = ['STARTING', 'RUNNING', 'DEGRADED', 'FAILED', 'STOPPED'] as const;
export type ProviderState = (typeof PROVIDER_STATES)[number];

/** The things that can be asked of a call. */
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
] as const;
export type CommandKind = (typeof COMMAND_KINDS)[number];

/**
 * A command's life: REQUESTED, then ACCEPTED or REFUSED by the provider, or UNKNOWN when no answer came in time;
 * CONFIRMED when the provider's own events show that it took effect.
 */
export const COMMAND_STATUSES = ['REQUESTED', 'ACCEPTED', 'REFUSED', 'UNKNOWN', 'CONFIRMED'] as const;
export type CommandStatus = (typeof COMMAND_STATUSES)[number];
