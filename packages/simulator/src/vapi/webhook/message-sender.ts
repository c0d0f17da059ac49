import { randomUUID } from 'node:crypto';
import type { Courier, Delivery, Outcome } from '../../http/webhook-sender.ts';
import { createRandom } from '../../random.ts';
import type { VapiBehaviour } from '../behaviour.ts';
import type { VapiRecord } from '../call-object.ts';
import { credentialHeaders } from './credential.ts';
import type { Credential, Signable } from './credential.ts';
import type { ClientMessage } from './messages.ts';
import { envelope, isWanted, namesOf } from './message-format.ts';

/** How many lost messages of a call are remembered by name. */
export const MAX_REMEMBERED_LOSSES = 1_000;

/** Where a call's messages go, and what proves where they come from. */
export interface Webhook {
  readonly url: string | undefined;
  /** Sent as `x-vapi-secret`, whatever the credential is. */
  readonly secret: string | undefined;
  readonly credential: Credential;
  /** Static headers; they win over the credential. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Sends one call's messages. */
export interface WebhookSender {
  /** What was never sent, by type and status. */
  readonly lost: readonly string[];
  /** Sends and forgets. */
  post(message: ClientMessage): void;
  /** Sends once and gives the answer; undefined without a server URL. */
  ask(message: ClientMessage, timeoutMs: number): Promise<Outcome> | undefined;
}

/**
 * The sender of one call: each message goes in a request of its own, and nothing waits for an answer. Timestamps
 * of a call never repeat, so that whoever receives its messages out of order can sort them.
 */
export function createWebhookSender(webhook: Webhook, courier: Courier, record: VapiRecord): WebhookSender {
  const chance = createRandom(record.dials.seed);
  const lost: string[] = [];
  let last = 0;
  let told = 0;

  const deliveryOf = (url: string, message: ClientMessage): Delivery => {
    last = Math.max(Date.now(), last + 1);
    const timestamp = last;
    const messageId = `msg_${randomUUID().replaceAll('-', '')}`;
    return {
      url,
      headers: {},
      prepare: () => {
        const body = envelope(message, record, timestamp);
        const signable = { method: 'POST', url, body, messageId, now: Date.now() };
        return { body, headers: headersOf(webhook, record.id, signable) };
      },
      timeoutMs: record.dials.webhookTimeoutMs,
    };
  };

  const deliver = (url: string, message: ClientMessage): void => {
    const { dials } = record;
    const delivery = {
      ...deliveryOf(url, message),
      retryPausesMs: retryPauses(dials),
      finalStatuses: dials.retryExcludedStatusCodes,
    };
    for (let copy = 0; copy <= dials.duplicates; copy += 1) {
      void courier.deliver({
        ...delivery,
        ...(dials.reorderMs > 0 ? { holdMs: chance() * dials.reorderMs } : {}),
      });
    }
  };

  return {
    lost,
    post(message) {
      const { url } = webhook;
      const { dials } = record;
      if (url === undefined || !isWanted(message, dials.serverMessages)) return;
      const names = namesOf(message);
      const isUnlucky = dials.loseShare > 0 && chance() < dials.loseShare;
      if (isUnlucky || names.some((name) => dials.loseTypes.includes(name))) {
        lost.push(names.at(-1) ?? message.type);
        if (lost.length > MAX_REMEMBERED_LOSSES) lost.shift();
      } else {
        deliver(url, message);
      }
      told += 1;
      if (dials.unknownEvery > 0 && told % dials.unknownEvery === 0) {
        deliver(url, { type: 'assistant.moodDetected', mood: 'calm', confidence: 0.5 });
      }
    },
    ask: (message, timeoutMs) =>
      webhook.url === undefined ? undefined : courier.ask({ ...deliveryOf(webhook.url, message), timeoutMs }),
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
