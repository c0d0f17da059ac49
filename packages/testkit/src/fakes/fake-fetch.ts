/** A scripted `fetch`: the latest matching rule answers a request. A request without a matching rule is a usage error. */
import { parseJson } from '@sidetone/plugin-kit';
import { recordOf } from '../checks/collections.ts';
import type { UsageErrorLog } from './usage-errors.ts';

/** A request that was sent. */
export interface FakeRequest {
  readonly method: string;
  readonly url: URL;
  /** Header names are in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The parsed body; undefined if it is not JSON. */
  readonly json: unknown;
  readonly redirect: string;
}

/** A response with `json`, `text` or `bytes` as body. Default status: 200. */
export interface FakeReply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly text?: string;
  readonly bytes?: Uint8Array<ArrayBuffer>;
}

/** Returns the response. A promise that never settles leaves the request pending; an error simulates a network failure. */
export type FakeResponder = (request: FakeRequest) => FakeReply | Promise<FakeReply>;

/** A scripted `fetch` and its requests. */
export interface FakeFetch {
  readonly fetch: typeof globalThis.fetch;
  /** All requests in order, including those that failed. */
  readonly requests: readonly FakeRequest[];
  /** Forgets the requests so far. */
  readonly forget: () => void;
  /** Number of requests that have neither been answered nor aborted. */
  readonly openRequests: number;
  /** Those requests. */
  readonly unanswered: ReadonlySet<object>;
  /**
   * Adds a rule for requests with `method` (or any with `*`) to `url`, which is an exact URL or a pattern. The latest
   * matching rule wins.
   */
  readonly respond: (method: string, url: string | RegExp, reply: FakeReply | FakeResponder) => void;
}

/** Returns the error that `fetch` throws if the connection fails, with an error code of Node.js such as `ECONNREFUSED`. */
export function connectionFailure(code: string): TypeError {
  return new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) });
}

/** Leaves a request pending. */
export const NEVER: FakeResponder = () => new Promise<FakeReply>(() => {});

interface Rule {
  readonly matches: (method: string, url: URL) => boolean;
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

/** Creates a scripted `fetch` without rules. */
export function createFakeFetch(usageErrors: UsageErrorLog): FakeFetch {
  const requests = recordOf<FakeRequest>();
  const rules: Rule[] = [];
  const unanswered = new Set<object>();

  const fetch: typeof globalThis.fetch = async (input, init = {}) => {
    const sent = new Request(input, init);
    const body = await sent.text();
    const request: FakeRequest = {
      method: sent.method,
      url: new URL(sent.url),
      headers: Object.fromEntries(sent.headers),
      body,
      json: parseJson(body),
      redirect: sent.redirect,
    };
    requests.push(request);
    const rule = rules.findLast(({ matches }) => matches(request.method, request.url));
    if (!rule) {
      throw usageErrors.report(
        `fetch: no response is scripted for ${request.method} ${request.url.origin}${request.url.pathname}`,
      );
    }
    unanswered.add(request);
    try {
      const response = Promise.resolve(rule.reply(request)).then(responseOf);
      return await (init.signal ? Promise.race([response, aborted(init.signal)]) : response);
    } finally {
      unanswered.delete(request);
    }
  };

  return {
    fetch,
    requests,
    forget: () => void (requests.length = 0),
    get openRequests() {
      return unanswered.size;
    },
    unanswered,
    respond(method, url, reply) {
      const pattern = typeof url === 'string' ? new URL(url).href : url;
      rules.push({
        matches: (sentMethod, { href }) =>
          (method === '*' || sentMethod === method) &&
          (typeof pattern === 'string' ? href === pattern : pattern.test(href)),
        reply: typeof reply === 'function' ? reply : () => reply,
      });
    },
  };
}
