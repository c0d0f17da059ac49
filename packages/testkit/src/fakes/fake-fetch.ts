/**
 * HTTP by script: each request is answered by the latest rule that fits it, and a request that none fits is a misuse.
 */
import { parseJson } from '@sidetone/plugin-kit';
import type { MisuseLog } from './misuse.ts';

/** A request as it was made. */
export interface FakeRequest {
  readonly method: string;
  readonly url: URL;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The body's JSON; undefined when it is none. */
  readonly json: unknown;
  readonly redirect: string;
}

/** What to answer: `json`, `text` or `bytes`, 200 unless a status is given. */
export interface FakeReply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly text?: string;
  readonly bytes?: Uint8Array<ArrayBuffer>;
}

/** Answers a request; a promise that stays open hangs it until the caller gives up, an error breaks the connection. */
export type FakeResponder = (request: FakeRequest) => FakeReply | Promise<FakeReply>;

/** A scripted `fetch`, and what was asked of it. */
export interface FakeFetch {
  readonly fetch: typeof globalThis.fetch;
  /** Every request, in order, also those that were refused. */
  readonly requests: readonly FakeRequest[];
  /** How many were neither answered nor given up: zero when every request that was begun was also ended. */
  readonly openRequests: number;
  /**
   * Answers requests of `method`, or of any with `*`, to `url`: the exact address, or a pattern that fits it. The latest
   * rule wins.
   */
  readonly respond: (method: string, url: string | RegExp, reply: FakeReply | FakeResponder) => void;
}

/** What the real `fetch` throws when there is no connection: `code` is Node's, for example `ECONNREFUSED`. */
export function connectionFailure(code: string): TypeError {
  return new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) });
}

/** A reply that never comes. */
export const NEVER: FakeResponder = () => new Promise<FakeReply>(() => {});

interface Rule {
  readonly fits: (method: string, url: URL) => boolean;
  readonly reply: FakeResponder;
}

const NO_BODY = new Set([204, 205, 304]);

function responseOf({ status = 200, headers, json, text, bytes }: FakeReply): Response {
  const body = json === undefined ? (bytes ?? text) : JSON.stringify(json);
  return new Response(NO_BODY.has(status) ? null : (body ?? ''), {
    status,
    headers: { ...(json !== undefined && { 'content-type': 'application/json' }), ...headers },
  });
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const fail = (): void => reject(signal.reason as Error);
    if (signal.aborted) fail();
    else signal.addEventListener('abort', fail, { once: true });
  });
}

/** A `fetch` that knows no answer yet. */
export function createFakeFetch(misuse: MisuseLog): FakeFetch {
  const requests: FakeRequest[] = [];
  const rules: Rule[] = [];
  let openRequests = 0;

  const fetch: typeof globalThis.fetch = async (input, init = {}) => {
    const asked = new Request(input, init);
    const body = await asked.text();
    const request: FakeRequest = {
      method: asked.method,
      url: new URL(asked.url),
      headers: Object.fromEntries(asked.headers),
      body,
      json: parseJson(body),
      redirect: asked.redirect,
    };
    requests.push(request);
    const rule = rules.findLast(({ fits }) => fits(request.method, request.url));
    if (!rule) {
      throw misuse.report(
        `no answer is scripted for ${request.method} ${request.url.origin}${request.url.pathname}`,
      );
    }
    openRequests++;
    try {
      const answer = Promise.resolve(rule.reply(request)).then(responseOf);
      return await (init.signal ? Promise.race([answer, aborted(init.signal)]) : answer);
    } finally {
      openRequests--;
    }
  };

  return {
    fetch,
    requests,
    get openRequests() {
      return openRequests;
    },
    respond(method, url, reply) {
      const wanted = typeof url === 'string' ? new URL(url).href : url;
      rules.push({
        fits: (asked, address) =>
          (method === '*' || asked === method) &&
          (typeof wanted === 'string' ? address.href === wanted : wanted.test(address.href)),
        reply: typeof reply === 'function' ? reply : () => reply,
      });
    },
  };
}
