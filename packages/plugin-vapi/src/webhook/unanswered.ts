/**
 * What Vapi is answered when it asks and there is no application: what harms the call, and the people on it, least.
 * Vapi's own log then shows what happened, and a notice tells our operator.
 */
import type { IngressResponse } from '@sidetone/core';

const JSON_TYPE = { 'content-type': 'application/json' };
const TEXT_TYPE = { 'content-type': 'text/plain; charset=utf-8' };

interface Unanswered {
  /** A body that is a true answer; without it the message is refused with 501. */
  readonly body?: Readonly<Record<string, unknown>>;
  readonly because: string;
}

/** By Vapi's word for the message. One that is not listed is refused. */
export const UNANSWERED: Readonly<Record<string, Unanswered>> = {
  'assistant-request': {
    because: 'no assistant is configured; an empty response would end the call with a misleading reason',
  },
  'tool-calls': {
    because: 'the model would trust an invented result; an error is reported to the model, which continues',
  },
  'function-call': { because: 'as tool-calls' },
  'transfer-destination-request': { because: 'no destination is known; the assistant stays with the caller' },
  'handoff-destination-request': { because: 'no destination is known; the assistant stays with the caller' },
  'voice-request': {
    because: 'no voice is available, and empty audio would leave the caller in silence',
  },
  'phone-call-control': {
    because: 'Vapi delegates hanging up and forwarding to the application, and neither happened',
  },
  'knowledge-base-request': {
    body: { documents: [] },
    because: 'an empty result is correct, and the assistant answers without waiting',
  },
  'call.endpointing.request': {
    body: { timeoutSeconds: 0.5 },
    because:
      'a turn that never ends would leave the caller without an answer; half a second of silence is common',
  },
  'campaign.predial': {
    body: { eligible: false },
    because: 'a skipped call can be placed later; a call to a person who opted out cannot be undone',
  },
};

/** The answer to a message that nobody answers. */
export function unanswered(name: string): IngressResponse {
  const body = Object.hasOwn(UNANSWERED, name) ? UNANSWERED[name]?.body : undefined;
  return body
    ? { status: 200, headers: JSON_TYPE, body: JSON.stringify(body) }
    : { status: 501, headers: TEXT_TYPE, body: `nothing here answers ${name}` };
}
