/** The values of the schema in words. A value that is new does not compile until it has its words. */
import type { EnumOf } from '../api/graphql.ts';

export const PARTY_LABELS = {
  CUSTOMER: 'Customer',
  ASSISTANT: 'Assistant',
  UNKNOWN: 'Someone',
} as const satisfies Record<EnumOf<'Party'>, string>;

export const DIRECTION_LABELS = {
  INBOUND: 'Inbound',
  OUTBOUND: 'Outbound',
  WEB: 'From the web',
} as const satisfies Record<EnumOf<'CallDirection'>, string>;

export const STATUS_LABELS = {
  QUEUED: 'Queued',
  RINGING: 'Ringing',
  IN_PROGRESS: 'In progress',
  FORWARDING: 'Forwarding',
  ENDED: 'Ended',
} as const satisfies Record<EnumOf<'CallStatus'>, string>;

export const END_LABELS = {
  ASSISTANT_ENDED: 'The assistant hung up',
  BUSY: 'Busy',
  CONFIGURATION: 'Wrongly configured',
  CUSTOMER_ENDED: 'The customer hung up',
  FORWARDED: 'Forwarded',
  LIMIT_REACHED: 'A limit was reached',
  MEDIA_LOST: 'The audio was lost',
  NO_ANSWER: 'Nobody answered',
  OPERATOR_ENDED: 'Ended by an operator',
  PROVIDER_FAULT: "The provider's fault",
  REJECTED: 'Rejected',
  UNKNOWN: 'Ended',
} as const satisfies Record<EnumOf<'EndCategory'>, string>;
