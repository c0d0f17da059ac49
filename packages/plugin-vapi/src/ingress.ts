/**
 * The HTTP routes of the instance: one webhook. Its events are emitted and stored before it is answered; messages that Vapi waits
 * for are answered by the account's own application, if one is configured.
 */
import {
  FaultError,
  type Admission,
  type Ingress,
  type IngressRequest,
  type IngressRequestHead,
  type IngressResponse,
  type ProviderCallId,
} from '@sidetone/core';
import { handleClaimed } from '@sidetone/plugin-kit';
import type { MessageReceiver } from './messages/receiver.ts';
import { defaultResponse } from './webhook/default-responses.ts';
import type { Forwarder } from './webhook/forwarder.ts';
import type { WebhookAuth } from './webhook/webhook-auth.ts';
import type { WebhookDecoder } from './webhook/decoder.ts';
import type { Decoded } from './wire.ts';

interface IngressDeps {
  readonly authenticate: WebhookAuth['authenticate'];
  /** Decides by the headers whether the body of a webhook is read; undefined if every body is. */
  readonly admit: ((request: IngressRequestHead) => Admission) | undefined;
  /** Forwards webhooks to the account's own application, if one is configured. */
  readonly forwarder: Forwarder | undefined;
  readonly decoder: WebhookDecoder;
  readonly receiver: MessageReceiver;
}

/**
 * The size of the largest webhook, bytes. A report contains the whole conversation several times, with the results of
 * tools, and can be several MiB long. Vapi documents no limit.
 */
const MAX_BODY_BYTES = 10 * 1024 * 1024;

const JSON_TYPE = { 'content-type': 'application/json' };
const TEXT_TYPE = { 'content-type': 'text/plain; charset=utf-8' };

const ACCEPTED: IngressResponse = { status: 200, headers: JSON_TYPE, body: '{}' };

/** Returns the routes below this instance's public URL. */
export function createIngress({ authenticate, admit, forwarder, decoder, receiver }: IngressDeps): Ingress {
  async function handleWebhook(request: IngressRequest): Promise<IngressResponse> {
    const claim = await authenticate(request);
    // Vapi may send a delivery again whose response it did not receive.
    if (!claim) return ACCEPTED;
    return handleClaimed(request, claim, () => handleVerified(request));
  }

  async function handleVerified(request: IngressRequest): Promise<IngressResponse> {
    const { body, headers } = request;
    const decoded = await decoder.decode({ body, callIdHeader: headers['x-call-id'] });
    if (forwarder) return forward(forwarder, request, decoded);
    if (!decoded.ok) throw new FaultError('WIRE_MALFORMED', decoded.problem);
    const { message } = decoded;
    await receiver.receive('webhook', message, request.receivedAt);
    return message.type === 'request' ? defaultResponse(message.name) : ACCEPTED;
  }

  /** Vapi may wait for the response to an unknown or invalid message, so the application answers these too. */
  async function forward(to: Forwarder, request: IngressRequest, decoded: Decoded): Promise<IngressResponse> {
    if (!decoded.ok) return to.request(request, '', undefined);
    const { message } = decoded;
    const callId = message.callId as ProviderCallId | undefined;
    const isAwaited = message.type === 'request' || message.type === 'other';
    const response = isAwaited ? to.request(request, message.name, callId) : undefined;
    await receiver.receive('webhook', message, request.receivedAt);
    if (response) return response;
    to.enqueue(request, callId);
    return ACCEPTED;
  }

  return {
    maxBodyBytes: MAX_BODY_BYTES,
    webhooks: [{ path: 'webhook', setting: 'server URL' }],
    ...(admit && {
      admitRequest: (head) => (head.path === 'webhook' ? admit(head) : { admit: false, status: 404 }),
    }),
    request(request) {
      if (request.path !== 'webhook') {
        return Promise.resolve({ status: 404, headers: TEXT_TYPE, body: 'not found: expected POST webhook' });
      }
      if (request.method !== 'POST') {
        const headers = { ...TEXT_TYPE, allow: 'POST' };
        return Promise.resolve({ status: 405, headers, body: 'method not allowed: expected POST' });
      }
      return handleWebhook(request);
    },
    admitSocket: () => ({ admit: false, status: 404 }),
  };
}
