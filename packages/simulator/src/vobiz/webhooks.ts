import type { VobizBehaviour } from '../behaviour.ts';
import type { Courier, Delivered } from '../http/courier.ts';
import { commonForm, hangupForm, streamForm } from './forms.ts';
import type { StreamNews, VobizRecord } from './forms.ts';
import type { Hangup } from './hangup.ts';

/** How long an application may take to say what to do. */
export const ANSWER_TIMEOUT_MS = 10_000;
/** How long an application may take to acknowledge news. */
export const NEWS_TIMEOUT_MS = 3_000;
/** How often an application is asked what to do before the call is given up. */
export const ANSWER_TRIES = 3;
/** How often news are told before they are given up. */
export const NEWS_TRIES = 4;

/** The application that is attached to the called number. */
export interface Application {
  readonly answerUrl: string | undefined;
  readonly hangupUrl: string | undefined;
}

/** Tells an application about one call. */
export interface Webhooks {
  /** Asks what to do; undefined when nobody could be asked. */
  ask(url: string | undefined, event: 'StartApp' | 'Redirect'): Promise<Delivered | undefined>;
  /** Tells the end to the hangup URL, or to the answer URL of an application without one. */
  hangup(hangup: Hangup): Promise<void>;
  stream(news: StreamNews): void;
}

/** The webhooks of one call. */
export function createWebhooks(
  { answerUrl, hangupUrl }: Application,
  courier: Courier,
  record: VobizRecord,
  { retryPauseMs }: VobizBehaviour,
): Webhooks {
  const send = async (
    url: string | undefined,
    form: Readonly<Record<string, string>>,
    { method = 'POST', tries, timeoutMs }: { method?: 'GET' | 'POST'; tries: number; timeoutMs: number },
  ): Promise<Delivered | undefined> => {
    if (url === undefined || !URL.canParse(url)) return undefined;
    const fields = new URLSearchParams(form);
    const target = new URL(url);
    if (method === 'GET') for (const [name, value] of fields) target.searchParams.append(name, value);
    return courier.deliver({
      url: target.href,
      method,
      headers: {
        'user-agent': 'Vobiz',
        ...(method === 'POST' ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
      },
      ...(method === 'POST' ? { body: fields.toString() } : {}),
      timeoutMs,
      retryPausesMs: Array.from({ length: tries - 1 }, (_, retry) => retryPauseMs * 2 ** retry),
    });
  };

  return {
    ask: (url, event) =>
      send(url, commonForm(record, event), { tries: ANSWER_TRIES, timeoutMs: ANSWER_TIMEOUT_MS }),
    async hangup(hangup) {
      const form = hangupForm(record, hangup);
      await send(hangupUrl ?? answerUrl, form, { tries: NEWS_TRIES, timeoutMs: NEWS_TIMEOUT_MS });
    },
    stream(news) {
      const method = news.callbackMethod === 'GET' ? 'GET' : 'POST';
      void send(news.callbackUrl, streamForm(record, news), {
        method,
        tries: NEWS_TRIES,
        timeoutMs: NEWS_TIMEOUT_MS,
      });
    },
  };
}
