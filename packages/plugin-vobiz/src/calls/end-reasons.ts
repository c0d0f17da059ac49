/** Maps Vobiz's hangup codes, causes and sources to end categories. Pure. */
import type { CallDirection, EndCategory } from '@sidetone/core';
import { getOwn } from '@sidetone/plugin-kit';

/** How a call ended, as reported by Vobiz. */
interface VobizEnd {
  readonly code?: number;
  /** `HangupCause`, for example NORMAL_CLEARING. */
  readonly cause?: string;
  /** `HangupSource`: who hung up. */
  readonly source?: string;
  readonly direction?: CallDirection;
}

/** A category, or `BY_SOURCE` where the category depends on who hung up. */
type Rule = EndCategory | 'BY_SOURCE';

const CODES: Readonly<Record<number, Rule>> = {
  1000: 'BY_SOURCE',
  1010: 'CONFIGURATION',
  1020: 'LIMIT_REACHED',
  2000: 'CONFIGURATION',
  2010: 'NO_ANSWER',
  2020: 'NO_ANSWER',
  2030: 'CONFIGURATION',
  2040: 'CONFIGURATION',
  2050: 'CONFIGURATION',
  2060: 'CONFIGURATION',
  2070: 'CONFIGURATION',
  3000: 'NO_ANSWER',
  3010: 'BUSY',
  3020: 'REJECTED',
  3030: 'CONFIGURATION',
  3040: 'REJECTED',
  3050: 'NO_ANSWER',
  3070: 'PROVIDER_FAULT',
  3080: 'PROVIDER_FAULT',
  3090: 'PROVIDER_FAULT',
  3100: 'BUSY',
  3110: 'REJECTED',
  3120: 'NO_ANSWER',
  3130: 'REJECTED',
  3140: 'REJECTED',
  4000: 'BY_SOURCE',
  4010: 'ASSISTANT_ENDED',
  4020: 'ASSISTANT_ENDED',
  4030: 'OPERATOR_ENDED',
  5000: 'PROVIDER_FAULT',
  5010: 'PROVIDER_FAULT',
  5020: 'PROVIDER_FAULT',
  5030: 'LIMIT_REACHED',
  6000: 'LIMIT_REACHED',
  6010: 'NO_ANSWER',
  6020: 'MEDIA_LOST',
  9100: 'NO_ANSWER',
  9110: 'NO_ANSWER',
};

/** Answer, action, transfer and redirect URLs that returned invalid XML: 7011 to 8014, all caused by the application. */
const isXmlFailure = (code: number): boolean => code >= 7011 && code <= 8014;

const CAUSES: Readonly<Record<string, Rule>> = {
  NORMAL_CLEARING: 'BY_SOURCE',
  ORIGINATOR_CANCEL: 'BY_SOURCE',
  USER_BUSY: 'BUSY',
  NO_ANSWER: 'NO_ANSWER',
  NO_USER_RESPONSE: 'NO_ANSWER',
  UNALLOCATED_NUMBER: 'NO_ANSWER',
  CALL_REJECTED: 'REJECTED',
  ALLOTTED_TIMEOUT: 'LIMIT_REACHED',
  MEDIA_TIMEOUT: 'MEDIA_LOST',
  INVALID_NUMBER: 'CONFIGURATION',
  SERVICE_UNAVAILABLE: 'PROVIDER_FAULT',
};

/** Who hung up: the customer is the caller of an inbound call and the callee of an outbound call. */
const SOURCES: Readonly<Record<string, (direction: CallDirection | undefined) => EndCategory>> = {
  caller: (direction) => (direction === 'OUTBOUND' ? 'ASSISTANT_ENDED' : 'CUSTOMER_ENDED'),
  callee: (direction) => (direction === 'OUTBOUND' ? 'CUSTOMER_ENDED' : 'ASSISTANT_ENDED'),
  'call recipient': (direction) => (direction === 'OUTBOUND' ? 'CUSTOMER_ENDED' : 'ASSISTANT_ENDED'),
  'api request': () => 'OPERATOR_ENDED',
  'answer xml': () => 'ASSISTANT_ENDED',
  error: () => 'PROVIDER_FAULT',
};

/** Returns the category of an end; UNKNOWN if neither code, cause nor source determines it. */
export function endCategoryOf({ code, cause, source, direction }: VobizEnd): EndCategory {
  const byCode = code === undefined ? undefined : getOwn(CODES, String(code));
  const byXml = code !== undefined && isXmlFailure(code) ? 'CONFIGURATION' : undefined;
  const rule = byCode ?? byXml ?? getOwn(CAUSES, cause);
  // The source is only meaningful for codes of an ordinary end.
  if (rule === 'BY_SOURCE') return getOwn(SOURCES, source?.toLowerCase())?.(direction) ?? 'UNKNOWN';
  return rule ?? 'UNKNOWN';
}
