/** Labels for the values of the schema. A new value does not compile until it has a label. */
import type { EnumOf } from '../api/graphql.ts';
import { capitalised } from './format.ts';

export const PARTY_LABELS = {
  CUSTOMER: 'Customer',
  ASSISTANT: 'Assistant',
  UNKNOWN: 'Unknown speaker',
} as const satisfies Record<EnumOf<'Party'>, string>;

export const DIRECTION_LABELS = {
  INBOUND: 'Inbound',
  OUTBOUND: 'Outbound',
  WEB: 'Web',
} as const satisfies Record<EnumOf<'CallDirection'>, string>;

export const STATUS_LABELS = {
  QUEUED: 'Queued',
  RINGING: 'Ringing',
  IN_PROGRESS: 'In progress',
  FORWARDING: 'Forwarding',
  ENDED: 'Ended',
} as const satisfies Record<EnumOf<'CallStatus'>, string>;

const CAPTURE_LABELS = {
  RECORDING: 'recording',
  TRANSCRIPTION: 'transcript',
  LISTENING: 'listening',
} as const satisfies Record<EnumOf<'CapturePart'>, string>;

/** Returns what is paused. A pause of everything is called by the recording. */
export function pausedText(parts: readonly EnumOf<'CapturePart'>[]): string {
  const names = parts.map((part) => CAPTURE_LABELS[part]);
  const text = names.length === Object.keys(CAPTURE_LABELS).length ? 'recording' : names.join(', ');
  return `${capitalised(text)} paused`;
}

export const END_LABELS = {
  ASSISTANT_ENDED: 'Assistant hung up',
  BUSY: 'Busy',
  CONFIGURATION: 'Configuration error',
  CUSTOMER_ENDED: 'Customer hung up',
  FORWARDED: 'Forwarded',
  LIMIT_REACHED: 'Limit reached',
  MEDIA_LOST: 'Audio connection lost',
  NO_ANSWER: 'No answer',
  OPERATOR_ENDED: 'Ended by operator',
  PROVIDER_FAULT: 'Provider error',
  REJECTED: 'Rejected',
  UNKNOWN: 'Ended',
} as const satisfies Record<EnumOf<'EndCategory'>, string>;

/** What a scope permits, in words. */
export const SCOPE_LABELS = {
  READ: 'Read calls',
  LISTEN: 'Listen to audio',
  CONTROL: 'Control calls',
  ADMIN: 'Administration',
  MASKED_NUMBERS: 'Numbers masked',
} as const satisfies Record<EnumOf<'Scope'>, string>;
