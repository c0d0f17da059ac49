/**
 * Responses to messages that Vapi waits for if no application is configured: whatever harms the call and its parties least. A
 * rejection appears in Vapi's log, and a notice tells the operator.
 */
import type { IngressResponse } from '@sidetone/core';

const JSON_TYPE = { 'content-type': 'application/json' };
const TEXT_TYPE = { 'content-type': 'text/plain; charset=utf-8' };

interface DefaultResponse {
  /** A body that is true in any case; without it the message is rejected with 501. */
  readonly body?: Readonly<Record<string, unknown>>;
  readonly reason: string;
}

/** By message type. Types that are not listed are rejected. */
export const DEFAULT_RESPONSES: Readonly<Record<string, DefaultResponse>> = {
  'assistant-request': {
    reason: 'no assistant is configured; an empty response would end the call with a misleading reason',
  },
  'tool-calls': {
    reason: 'the model would trust an invented result; an error is reported to the model, which continues',
  },
  'function-call': { reason: 'same as tool-calls' },
  'transfer-destination-request': { reason: 'no destination is known; the assistant stays with the caller' },
  'handoff-destination-request': { reason: 'no destination is known; the assistant stays with the caller' },
  'voice-request': {
    reason: 'no voice is available, and empty audio would leave the caller in silence',
  },
  'phone-call-control': {
    reason: 'Vapi delegates hanging up and forwarding to the application, and neither happened',
  },
  'knowledge-base-request': {
    body: { documents: [] },
    reason: 'an empty result is correct, and the assistant answers without waiting',
  },
  'call.endpointing.request': {
    body: { timeoutSeconds: 0.5 },
    reason:
      'a turn that never ends would leave the caller without an answer; half a second of silence is common',
  },
  'campaign.predial': {
    body: { eligible: false },
    reason: 'a skipped call can be placed later; a call to a person who opted out cannot be undone',
  },
};

/** Returns the response to a message of this type. */
export function defaultResponse(type: string): IngressResponse {
  const body = Object.hasOwn(DEFAULT_RESPONSES, type) ? DEFAULT_RESPONSES[type]?.body : undefined;
  return body
    ? { status: 200, headers: JSON_TYPE, body: JSON.stringify(body) }
    : { status: 501, headers: TEXT_TYPE, body: `no application is configured to answer ${type}` };
}
