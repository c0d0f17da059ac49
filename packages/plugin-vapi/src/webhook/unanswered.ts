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
    because: 'there is no assistant to name; an empty answer would end the call with a reason that misleads',
  },
  'tool-calls': {
    because: 'a made-up result would be believed; of a failure the model is told, and goes on',
  },
  'function-call': { because: 'as tool-calls' },
  'transfer-destination-request': { because: 'nobody knows where to; the assistant stays with the caller' },
  'handoff-destination-request': { because: 'nobody knows whom to; the assistant stays with the caller' },
  'voice-request': {
    because: 'there is no voice here, and an empty sound would leave the caller in silence',
  },
  'phone-call-control': {
    because: 'Vapi left hanging up or forwarding to the application, and we did neither',
  },
  'knowledge-base-request': {
    body: { documents: [] },
    because: 'that nothing was found is true, and the assistant answers without waiting',
  },
  'call.endpointing.request': {
    body: { timeoutSeconds: 0.5 },
    because:
      'a turn that never ends would leave the caller without an answer; half a second after the words is usual',
  },
  'campaign.predial': {
    body: { eligible: false },
    because: 'who was not called can be called later; a call to someone who opted out cannot be taken back',
  },
};

/** The answer to a message that nobody answers. */
export function unanswered(name: string): IngressResponse {
  const body = Object.hasOwn(UNANSWERED, name) ? UNANSWERED[name]?.body : undefined;
  return body
    ? { status: 200, headers: JSON_TYPE, body: JSON.stringify(body) }
    : { status: 501, headers: TEXT_TYPE, body: `nothing here answers ${name}` };
}
