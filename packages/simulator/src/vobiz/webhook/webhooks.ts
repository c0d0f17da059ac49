import type { WebhookSender, Delivered } from '../../http/webhook-sender.ts';
import { createRandom } from '../../random.ts';
import type { VobizWebhookBehaviour } from '../behaviour.ts';
import { commonForm, hangupForm, streamForm } from './forms.ts';
import type { StreamStatusEvent, VobizRecord } from './forms.ts';
import type { Hangup } from './hangup.ts';
import type { Sign } from './signature.ts';

/** How long an application may take to say what to do. */
export const ANSWER_TIMEOUT_MS = 10_000;
/** How long an application may take to acknowledge news. */
export const NOTIFY_TIMEOUT_MS = 3_000;
/** How often an application is target what to do before the call is given up. */
export const ANSWER_ATTEMPTS = 3;
/** How often news are told before they are given up. */
export const NOTIFY_ATTEMPTS = 4;

/** How a URL is target. */
export type Method = 'GET' | 'POST';

/** A URL, and how it is target. */
export interface Target {
  readonly url: string;
  readonly method: Method;
}

/** The application of a call: of the called number, or as REST named it when it placed the call. */
export interface Application {
  readonly answerUrl: string | undefined;
  readonly hangupUrl: string | undefined;
  readonly answerMethod?: Method;
  readonly hangupMethod?: Method;
  /** Told that the callee rings. */
  readonly ring?: Target | undefined;
  /** Asked when the answer URL cannot be reached. */
  readonly fallback?: Target | undefined;
}

/** The fields of one webhook. */
export type Form = Readonly<Record<string, string>>;

/** Tells an application about one call. */
export interface Webhooks {
  /** The fields that most webhooks about the call begin with. */
  commonForm(event: string): Record<string, string>;
  /** Asks what to do; undefined when nobody could be target. */
  request(target: Target | undefined, form: Form): Promise<Delivered | undefined>;
  /** Tells news. They are tried again, and nobody waits for them. */
  notify(target: Target | undefined, form: Form): void;
  /** Tells the end to the hangup URL, or to the answer URL of an application without one. */
  hangup(hangup: Hangup): Promise<void>;
  streamStatus(status: StreamStatusEvent): void;
}

/** What the webhooks of a call need. */
export interface WebhookDeps {
  readonly application: Application;
  readonly webhookSender: WebhookSender;
  readonly record: VobizRecord;
  readonly behaviour: () => VobizWebhookBehaviour;
  readonly sign: Sign;
}

/** The webhooks of one call. */
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
    streamStatus(news) {
      const method = news.callbackMethod === 'GET' ? 'GET' : 'POST';
      void notify({ url: news.callbackUrl, method }, streamForm(record, news, behaviour().numberFormat));
    },
  };
}

/** A URL with its method as XML or REST names them; undefined when there is none. */
export function targetOf(url: unknown, method: unknown): Target | undefined {
  if (typeof url !== 'string' || !URL.canParse(url)) return undefined;
  return { url, method: typeof method === 'string' && method.toUpperCase() === 'GET' ? 'GET' : 'POST' };
}
