/**
 * What Vapi sends to us: one webhook. What it tells is emitted and stored before it is answered; what it asks is
 * answered by the account's own application, where there is one.
 */
import {
  FaultError,
  type Ingress,
  type IngressRequest,
  type IngressResponse,
  type ProviderCallId,
} from '@sidetone/core';
import type { Forwarder } from './webhook/forwarder.ts';
import { unanswered } from './webhook/unanswered.ts';
import type { WebhookAuth } from './webhook/webhook-auth.ts';
import { decodeWebhook, type Decoded, type VapiMessage } from './wire.ts';

export interface IngressDeps {
  readonly authenticate: WebhookAuth;
  /** The way to the account's own application, if there is one. */
  readonly forwarder: Forwarder | undefined;
  /** Takes in a message. Settles when what it tells is emitted and stored. */
  readonly receive: (message: VapiMessage, receivedAt: number) => Promise<void>;
}

const JSON_TYPE = { 'content-type': 'application/json' };
const TEXT_TYPE = { 'content-type': 'text/plain; charset=utf-8' };

const TAKEN: IngressResponse = { status: 200, headers: JSON_TYPE, body: '{}' };

const callIdOf = (message: VapiMessage): ProviderCallId | undefined =>
  message.callId as ProviderCallId | undefined;

/** The routes under this instance's address. */
export function createIngress({ authenticate, forwarder, receive }: IngressDeps): Ingress {
  async function webhook(request: IngressRequest): Promise<IngressResponse> {
    authenticate(request);
    const decoded = decodeWebhook(request.body, request.headers['x-call-id']);
    if (forwarder) return handOn(forwarder, request, decoded);
    if (!decoded.ok) throw new FaultError('WIRE_MALFORMED', decoded.problem);
    await receive(decoded.message, request.receivedAt);
    return decoded.message.type === 'request' ? unanswered(decoded.message.name) : TAKEN;
  }

  /** A message that we do not know, or cannot read, may be one that Vapi waits for: the application decides. */
  async function handOn(to: Forwarder, request: IngressRequest, decoded: Decoded): Promise<IngressResponse> {
    if (!decoded.ok) return to.ask(request, '', undefined);
    const { message } = decoded;
    const isAwaited = message.type === 'request' || message.type === 'other';
    const answer = isAwaited ? to.ask(request, message.name, callIdOf(message)) : undefined;
    await receive(message, request.receivedAt);
    if (answer) return answer;
    to.tell(request, callIdOf(message));
    return TAKEN;
  }

  return {
    request(request) {
      if (request.path !== 'webhook') {
        return Promise.resolve({ status: 404, headers: TEXT_TYPE, body: 'there is only POST webhook here' });
      }
      if (request.method !== 'POST') {
        return Promise.resolve({ status: 405, headers: { ...TEXT_TYPE, allow: 'POST' }, body: 'POST only' });
      }
      return webhook(request);
    },
    admitSocket: () => ({ admit: false, status: 404 }),
  };
}
