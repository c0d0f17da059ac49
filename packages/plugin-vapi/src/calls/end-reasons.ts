/**
 * Maps Vapi's `endedReason` to a category that all providers share. Vapi has some 600 reasons and adds more, so they are matched
 * by pattern; the first match wins.
 */
import type { EndCategory } from '@sidetone/core';

const PATTERNS: readonly (readonly [RegExp, EndCategory])[] = [
  [/^assistant-(ended-call|said-end-call-phrase)/, 'ASSISTANT_ENDED'],
  [/^assistant-forwarded-call$|^assistant-request-returned-forwarding-phone-number$/, 'FORWARDED'],
  [/^customer-ended-call|^call\.ringing\.sip-inbound-caller-hungup/, 'CUSTOMER_ENDED'],
  [/^call\.in-progress\.(twilio|sip)-completed-call$|^vonage-(completed|disconnected)$/, 'CUSTOMER_ENDED'],
  [/^hangup$/, 'CUSTOMER_ENDED'],
  [/^(manually-canceled|call-deleted|scheduled-call-deleted)$/, 'OPERATOR_ENDED'],
  [/^(exceeded-max-duration|silence-timed-out)$/, 'LIMIT_REACHED'],
  [/^customer-busy$|^call\.forwarding\.operator-busy$/, 'BUSY'],
  [/^(customer-did-not-answer|voicemail|twilio-reported-customer-misdialed)$/, 'NO_ANSWER'],
  [/-outbound-sip-(408|480)-|^call\.forwarding\.no-answer$/, 'NO_ANSWER'],
  [/^vonage-rejected$|-outbound-sip-(403|407)-/, 'REJECTED'],
  [/error-assistant-did-not-receive-customer-audio$|^customer-did-not-give-microphone/, 'MEDIA_LOST'],
  [/^assistant-join-timed-out$|-transport-(never-connected|connected-but-call-not-active)$/, 'MEDIA_LOST'],
  [/^call\.start\.error-(subscription|fraud-check|enterprise-feature|vapi-number)/, 'CONFIGURATION'],
  [/^call\.start\.(error-get-|assistant-version-)|^call-start-error-/, 'CONFIGURATION'],
  [/^assistant-(not-found|not-valid|request-)/, 'CONFIGURATION'],
  [/^call\.(ringing|ending)\.hook-executed-transfer$/, 'FORWARDED'],
  [/^call\.(ringing|ending)\.hook-executed-/, 'ASSISTANT_ENDED'],
  [/warm-transfer-(max-duration|silence-timeout)$/, 'LIMIT_REACHED'],
  [/error-(transfer-failed|warm-transfer-)|-(rejected|failed-to-connect)(-call)?$/, 'PROVIDER_FAULT'],
  [/^(worker-shutdown|phone-call-provider-)|^call\.start\.error-vapifault-/, 'PROVIDER_FAULT'],
  [/error-(vapifault|providerfault|pipeline|sip)-|^pipeline-/, 'PROVIDER_FAULT'],
];

/** Returns the category of an ended reason; UNKNOWN if it is missing or matches no pattern. */
export function endCategoryOf(endedReason: string | undefined): EndCategory {
  if (endedReason === undefined) return 'UNKNOWN';
  return PATTERNS.find(([pattern]) => pattern.test(endedReason))?.[1] ?? 'UNKNOWN';
}
