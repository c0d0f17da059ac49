/** What Vapi sends to us: one webhook. */
import { createHash, timingSafeEqual } from 'node:crypto';
import {
  FaultError,
  type Ingress,
  type IngressRequest,
  type IngressResponse,
  type Secret,
} from '@sidetone/core';
import { decodeWebhook, type VapiMessage } from './wire.ts';

export interface IngressDeps {
  /** What `x-vapi-secret` must be; without it every webhook is believed. */
  readonly secret: Secret | undefined;
  /** Takes in a message. Settles when what it tells is emitted and stored. */
  readonly receive: (message: VapiMessage, receivedAt: number) => Promise<void>;
}

const JSON_TYPE = { 'content-type': 'application/json' };
const TEXT_TYPE = { 'content-type': 'text/plain; charset=utf-8' };

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Whether `told` is the secret, in a time that does not depend on how much of it is right. */
function isSecret(told: string | undefined, secret: Secret): boolean {
  return timingSafeEqual(digest(told ?? ''), digest(secret.reveal()));
}

/** The routes under this instance's address. */
export function createIngress({ secret, receive }: IngressDeps): Ingress {
  async function webhook(request: IngressRequest): Promise<IngressResponse> {
    if (secret && !isSecret(request.headers['x-vapi-secret'], secret)) {
      throw new FaultError(
        'WEBHOOK_UNAUTHENTICATED',
        'x-vapi-secret is missing or not the configured secret',
      );
    }
    const decoded = decodeWebhook(request.body, request.headers['x-call-id']);
    if (!decoded.ok) throw new FaultError('WIRE_MALFORMED', decoded.problem);
    await receive(decoded.message, request.receivedAt);
    // An empty 200 would be taken for an answer; this way the sender's own log shows that nobody gave one.
    return decoded.message.type === 'request'
      ? { status: 501, headers: TEXT_TYPE, body: `nothing here answers ${decoded.message.name}` }
      : { status: 200, headers: JSON_TYPE, body: '{}' };
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
