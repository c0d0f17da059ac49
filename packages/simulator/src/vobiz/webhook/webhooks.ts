import type { Courier, Delivered } from '../../http/webhook-sender.ts';
import { createRandom } from '../../random.ts';
import type { VobizWebhookDials } from '../behaviour.ts';
import { commonForm, hangupForm, streamForm } from './forms.ts';
import type { StreamNews, VobizRecord } from './forms.ts';
import type { Hangup } from './hangup.ts';
import type { Sign } from './signature.ts';

/** How long an application may take to say what to do. */
export const ANSWER_TIMEOUT_MS = 10_000;
/** How long an application may take to acknowledge news. */
export const NEWS_TIMEOUT_MS = 3_000;
/** How often an application is asked what to do before the call is given up. */
export const ANSWER_TRIES = 3;
/** How often news are told before they are given up. */
export const NEWS_TRIES = 4;

/** How a URL is asked. */
export type Method = 'GET' | 'POST';

/** A URL, and how it is asked. */
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
  common(event: string): Record<string, string>;
  /** Asks what to do; undefined when nobody could be asked. */
  ask(target: Target | undefined, form: Form): Promise<Delivered | undefined>;
  /** Tells news. They are tried again, and nobody waits for them. */
  tell(target: Target | undefined, form: Form): void;
  /** Tells the end to the hangup URL, or to the answer URL of an application without one. */
  hangup(hangup: Hangup): Promise<void>;
  stream(news: StreamNews): void;
}

/** What the webhooks of a call need. */
export interface WebhookDeps {
  readonly application: Application;
  readonly courier: Courier;
  readonly record: VobizRecord;
  readonly dials: () => VobizWebhookDials;
  readonly sign: Sign;
}

/** The webhooks of one call. */
export function createWebhooks({ application, courier, record, dials, sign }: WebhookDeps): Webhooks {
  const chance = createRandom(dials().seed);

  const send = async (
    asked: Target | undefined,
    form: Form,
    { tries, timeoutMs, holdMs }: { tries: number; timeoutMs: number; holdMs?: number },
  ): Promise<Delivered | undefined> => {
    if (asked === undefined || !URL.canParse(asked.url)) return undefined;
    const { webhookMethod, retryPauseMs } = dials();
    const method = webhookMethod === 'GET' ? 'GET' : asked.method;
    const fields = new URLSearchParams(form);
    const target = new URL(asked.url);
    if (method === 'GET') for (const [name, value] of fields) target.searchParams.append(name, value);
    return courier.deliver({
      url: target.href,
      method,
      headers: {},
      prepare: () => ({
        headers: {
          'user-agent': 'Vobiz',
          ...(method === 'POST' ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
          ...sign(asked.url),
        },
        ...(method === 'POST' ? { body: fields.toString() } : {}),
      }),
      timeoutMs,
      retryPausesMs: Array.from({ length: tries - 1 }, (_, retry) => retryPauseMs * 2 ** retry),
      ...(holdMs === undefined || holdMs === 0 ? {} : { holdMs }),
    });
  };

  const tell = async (target: Target | undefined, form: Form): Promise<void> => {
    const { loseEvents, doubleEvents, webhookDelayMs, reorderMs } = dials();
    const event = form['Event'] ?? '';
    if (loseEvents.includes(event)) return;
    const copies = doubleEvents.includes(event) ? 2 : 1;
    const told = Array.from({ length: copies }, () =>
      send(target, form, {
        tries: NEWS_TRIES,
        timeoutMs: NEWS_TIMEOUT_MS,
        holdMs: webhookDelayMs + (reorderMs > 0 ? chance() * reorderMs : 0),
      }),
    );
    await Promise.all(told);
  };

  return {
    common: (event) => commonForm(record, event, dials().numberFormat),
    ask: (target, form) => send(target, form, { tries: ANSWER_TRIES, timeoutMs: ANSWER_TIMEOUT_MS }),
    tell: (target, form) => void tell(target, form),
    async hangup(hangup) {
      const { answerUrl, hangupUrl, answerMethod = 'POST', hangupMethod = 'POST' } = application;
      const isOwn = hangupUrl !== undefined && dials().hangupTo === 'hangup-url';
      const url = isOwn ? hangupUrl : answerUrl;
      if (url === undefined) return;
      const target = { url, method: isOwn ? hangupMethod : answerMethod };
      await tell(target, hangupForm(record, hangup, dials().numberFormat));
    },
    stream(news) {
      const method = news.callbackMethod === 'GET' ? 'GET' : 'POST';
      void tell({ url: news.callbackUrl, method }, streamForm(record, news, dials().numberFormat));
    },
  };
}

/** A URL with its method as XML or REST names them; undefined when there is none. */
export function targetOf(url: unknown, method: unknown): Target | undefined {
  if (typeof url !== 'string' || !URL.canParse(url)) return undefined;
  return { url, method: typeof method === 'string' && method.toUpperCase() === 'GET' ? 'GET' : 'POST' };
}
