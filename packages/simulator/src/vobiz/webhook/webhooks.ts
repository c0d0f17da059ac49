import type { WebhookSender, Delivered } from '../../http/webhook-sender.ts';
import { createRandom } from '../../random.ts';
import type { VobizWebhookBehaviour } from '../behaviour.ts';
import { commonForm, hangupForm, streamForm } from './forms.ts';
import type { StreamStatusEvent, VobizRecord } from './forms.ts';
import type { Hangup } from './hangup.ts';
import type { Sign } from './signature.ts';

/** The timeout of a request for XML. */
const ANSWER_TIMEOUT_MS = 10_000;
/** The timeout of a notification. */
const NOTIFY_TIMEOUT_MS = 3_000;
/** How often a request for XML is attempted before the call ends. */
const ANSWER_ATTEMPTS = 3;
/** How often a notification is attempted. */
const NOTIFY_ATTEMPTS = 4;

/** The method of a webhook. */
export type Method = 'GET' | 'POST';

/** The URL and the method of a webhook. */
export interface Target {
  readonly url: string;
  readonly method: Method;
}

/** The application of a call: of the called number, or as named by the REST request that placed the call. */
export interface Application {
  readonly answerUrl: string | undefined;
  readonly hangupUrl: string | undefined;
  readonly answerMethod?: Method;
  readonly hangupMethod?: Method;
  /** Notified when the callee rings. */
  readonly ring?: Target | undefined;
  /** Requested when the answer URL fails. */
  readonly fallback?: Target | undefined;
}

/** The fields of one webhook. */
export type Form = Readonly<Record<string, string>>;

/** Sends the webhooks of one call. */
export interface Webhooks {
  /** Returns the fields that most webhooks have. */
  commonForm(event: string): Record<string, string>;
  /** Requests XML. Resolves with undefined if the request fails. */
  request(target: Target | undefined, form: Form): Promise<Delivered | undefined>;
  /** Sends a notification, with retries, without waiting for the response. */
  notify(target: Target | undefined, form: Form): void;
  /** Notifies the hangup URL, or the answer URL if there is none. */
  hangup(hangup: Hangup): Promise<void>;
  streamStatus(status: StreamStatusEvent): void;
}

/** The dependencies of webhooks. */
interface WebhookDeps {
  readonly application: Application;
  readonly webhookSender: WebhookSender;
  readonly record: VobizRecord;
  readonly behaviour: () => VobizWebhookBehaviour;
  readonly sign: Sign;
}

/** Creates the webhooks of one call. */
export function createWebhooks({
  application,
  webhookSender,
  record,
  behaviour,
  sign,
}: WebhookDeps): Webhooks {
  const random = createRandom(behaviour().seed);

  const send = async (
    target: Target | undefined,
    form: Form,
    { attempts, timeoutMs, delayMs }: { attempts: number; timeoutMs: number; delayMs?: number },
  ): Promise<Delivered | undefined> => {
    if (target === undefined || !URL.canParse(target.url)) return undefined;
    const { webhookMethod, retryPauseMs } = behaviour();
    const method = webhookMethod === 'GET' ? 'GET' : target.method;
    const fields = new URLSearchParams(form);
    const url = new URL(target.url);
    if (method === 'GET') for (const [name, value] of fields) url.searchParams.append(name, value);
    return webhookSender.deliver({
      url: url.href,
      method,
      headers: {},
      prepare: () => ({
        headers: {
          'user-agent': 'Vobiz',
          ...(method === 'POST' ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
          ...sign(target.url),
        },
        ...(method === 'POST' ? { body: fields.toString() } : {}),
      }),
      timeoutMs,
      retryPausesMs: Array.from({ length: attempts - 1 }, (_, retry) => retryPauseMs * 2 ** retry),
      ...(delayMs === undefined || delayMs === 0 ? {} : { delayMs }),
    });
  };

  const notify = async (target: Target | undefined, form: Form): Promise<void> => {
    const { loseEvents, doubleEvents, webhookDelayMs, reorderMs } = behaviour();
    const event = form['Event'] ?? '';
    if (loseEvents.includes(event)) return;
    const copies = doubleEvents.includes(event) ? 2 : 1;
    const deliveries = Array.from({ length: copies }, () =>
      send(target, form, {
        attempts: NOTIFY_ATTEMPTS,
        timeoutMs: NOTIFY_TIMEOUT_MS,
        delayMs: webhookDelayMs + (reorderMs > 0 ? random() * reorderMs : 0),
      }),
    );
    await Promise.all(deliveries);
  };

  return {
    commonForm: (event) => commonForm(record, event, behaviour().numberFormat),
    request: (target, form) =>
      send(target, form, { attempts: ANSWER_ATTEMPTS, timeoutMs: ANSWER_TIMEOUT_MS }),
    notify: (target, form) => void notify(target, form),
    async hangup(hangup) {
      const { answerUrl, hangupUrl, answerMethod = 'POST', hangupMethod = 'POST' } = application;
      const isOwn = hangupUrl !== undefined && behaviour().hangupTo === 'hangup-url';
      const url = isOwn ? hangupUrl : answerUrl;
      if (url === undefined) return;
      const target = { url, method: isOwn ? hangupMethod : answerMethod };
      await notify(target, hangupForm(record, hangup, behaviour().numberFormat));
    },
    streamStatus(event) {
      const method = event.callbackMethod === 'GET' ? 'GET' : 'POST';
      void notify({ url: event.callbackUrl, method }, streamForm(record, event, behaviour().numberFormat));
    },
  };
}

/** Returns a valid target from a URL and a method, or undefined. */
export function targetOf(url: unknown, method: unknown): Target | undefined {
  if (typeof url !== 'string' || !URL.canParse(url)) return undefined;
  return { url, method: typeof method === 'string' && method.toUpperCase() === 'GET' ? 'GET' : 'POST' };
}
