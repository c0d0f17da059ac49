import { randomUUID } from 'node:crypto';
import type { WebhookSender, Delivery, Outcome } from '../../http/webhook-sender.ts';
import { createRandom } from '../../random.ts';
import type { VapiBehaviour } from '../behaviour.ts';
import type { VapiRecord } from '../call/call-object.ts';
import { credentialHeaders } from './credential.ts';
import type { Credential, Signable } from './credential.ts';
import type { ClientMessage } from './messages.ts';
import { envelope, isEnabled, messageNames } from './message-format.ts';

/** How many names of lost messages are kept for one call. */
const MAX_REMEMBERED_LOST = 1_000;

/** The target of a call's messages and their authentication. */
export interface Webhook {
  readonly url: string | undefined;
  /** Sent as `x-vapi-secret` with any credential. */
  readonly secret: string | undefined;
  readonly credential: Credential;
  /** Static headers; they override those of the credential. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Sends the messages of one call. */
export interface MessageSender {
  /** The messages that were never sent, by type and status. */
  readonly lost: readonly string[];
  /** Sends a message, with retries, without waiting for the response. */
  send(message: ClientMessage): void;
  /** Sends a message once and resolves with the response. Returns undefined without a server URL. */
  request(message: ClientMessage, timeoutMs: number): Promise<Outcome> | undefined;
}

/**
 * Creates the sender of one call. The timestamps of a call are unique, so a receiver can sort messages that arrive out
 * of order.
 */
export function createMessageSender(
  webhook: Webhook,
  webhookSender: WebhookSender,
  record: VapiRecord,
): MessageSender {
  const random = createRandom(record.behaviour.seed);
  const lost: string[] = [];
  let lastTimestamp = 0;
  let sentCount = 0;

  const deliveryOf = (url: string, message: ClientMessage): Delivery => {
    lastTimestamp = Math.max(Date.now(), lastTimestamp + 1);
    const timestamp = lastTimestamp + record.clockOffsetMs;
    const messageId = `msg_${randomUUID().replaceAll('-', '')}`;
    return {
      url,
      headers: {},
      prepare: () => {
        const body = envelope(message, record, timestamp);
        const signable = { method: 'POST', url, body, messageId, now: Date.now() };
        return { body, headers: headersOf(webhook, record.id, signable) };
      },
      timeoutMs: record.behaviour.webhookTimeoutMs,
    };
  };

  const deliver = (url: string, message: ClientMessage): void => {
    const { behaviour } = record;
    const delivery = {
      ...deliveryOf(url, message),
      retryPausesMs: retryPauses(behaviour),
      finalStatuses: behaviour.retryExcludedStatusCodes,
    };
    for (let copy = 0; copy <= behaviour.duplicates; copy += 1) {
      void webhookSender.deliver({
        ...delivery,
        ...(behaviour.reorderMs > 0 ? { delayMs: random() * behaviour.reorderMs } : {}),
      });
    }
  };

  return {
    lost,
    send(message) {
      const { url } = webhook;
      const { behaviour } = record;
      if (url === undefined || !isEnabled(message, behaviour.serverMessages)) return;
      const names = messageNames(message);
      const isUnlucky = behaviour.loseShare > 0 && random() < behaviour.loseShare;
      if (isUnlucky || names.some((name) => behaviour.loseTypes.includes(name))) {
        lost.push(names.at(-1) ?? message.type);
        if (lost.length > MAX_REMEMBERED_LOST) lost.shift();
      } else {
        deliver(url, message);
      }
      sentCount += 1;
      if (behaviour.unknownEvery > 0 && sentCount % behaviour.unknownEvery === 0) {
        deliver(url, { type: 'assistant.moodDetected', mood: 'calm', confidence: 0.5 });
      }
    },
    request: (message, timeoutMs) =>
      webhook.url === undefined
        ? undefined
        : webhookSender.request({ ...deliveryOf(webhook.url, message), timeoutMs }),
  };
}

function retryPauses({ maxRetries, retryBaseMs, retryType }: VapiBehaviour): number[] {
  return Array.from({ length: maxRetries }, (_, retry) =>
    retryType === 'fixed' ? retryBaseMs : retryBaseMs * 2 ** retry,
  );
}

function headersOf(
  { secret, credential, headers }: Webhook,
  callId: string,
  signable: Signable,
): Record<string, string> {
  return {
    'content-type': 'application/json',
    'user-agent': 'sidetone-simulator',
    'x-call-id': callId,
    ...(secret === undefined ? {} : { 'x-vapi-secret': secret }),
    ...credentialHeaders(credential, signable),
    ...headers,
  };
}
