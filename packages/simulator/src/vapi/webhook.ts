import type { Courier } from '../http/courier.ts';
import { envelope } from './messages.ts';
import type { ClientMessage } from './messages.ts';
import type { VapiRecord } from './call-object.ts';

/** How long the server URL may take to answer, as documented. */
export const WEBHOOK_TIMEOUT_MS = 20_000;

/** Where a call's messages go. */
export interface Webhook {
  readonly url: string | undefined;
  readonly secret: string | undefined;
}

/**
 * Sends one call's messages: each in a request of its own, once. Nothing waits for an answer. Timestamps of a
 * call never repeat, so that whoever receives its messages out of order can sort them.
 */
export function createWebhookSender(
  { url, secret }: Webhook,
  courier: Courier,
  record: VapiRecord,
): (message: ClientMessage) => void {
  let last = 0;
  return (message) => {
    if (url === undefined) return;
    last = Math.max(Date.now(), last + 1);
    void courier.deliver({
      url,
      headers: {
        'content-type': 'application/json',
        'user-agent': 'sidetone-simulator',
        'x-call-id': record.id,
        ...(secret === undefined ? {} : { 'x-vapi-secret': secret }),
      },
      body: envelope(message, record, last),
      timeoutMs: WEBHOOK_TIMEOUT_MS,
    });
  };
}
