/**
 * Asking a provider something over HTTP, and what its answer, or the lack of one, means for a command.
 * The distinction that matters: was the command surely not carried out, surely refused, or is that unknown?
 */
import { FaultError, isFault, messageOf, type FaultCode } from '@sidetone/core';
import type { ProviderHost } from '@sidetone/core';
import { isJsonObject, listOf, numberOf, objectOf, parseJson, textOf } from './tolerant.ts';

/** How we call ourselves. Some providers' edges refuse requests without a name of their own. */
export const USER_AGENT = 'sidetone/0.1.0';

/** How much of an answer is read; the rest is left. A long call with its history is some hundred KB. */
export const MAX_REPLY_BYTES = 10 * 1024 * 1024;
/** How much of a provider's own words goes into a message. */
const MAX_REASON_LENGTH = 300;

export interface ProviderRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; without it there is no body. */
  readonly json?: unknown;
  /** How long to wait for the whole answer. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** An answer, whatever its status. */
export interface ProviderReply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The answer's JSON; undefined when it is none. */
  readonly json: unknown;
}

/** How a failed connection tells that the request never left: Node's codes. */
const NEVER_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

/** What an unsuccessful status means for a command; any other is a refusal. */
const STATUS_CODES: Readonly<Record<number, FaultCode>> = {
  408: 'PROVIDER_TIMEOUT',
  429: 'PROVIDER_RATE_LIMITED',
  502: 'PROVIDER_TIMEOUT',
  503: 'PROVIDER_UNREACHABLE',
  504: 'PROVIDER_TIMEOUT',
};

/**
 * Asks, and gives the answer whatever its status. Redirects are not followed: the request carries a credential.
 * @throws {FaultError} PROVIDER_UNREACHABLE when the request surely never arrived (or only asked), PROVIDER_TIMEOUT
 * when no answer came in time or the connection broke: what was asked for may then have been done.
 */
export async function askProvider(
  host: Pick<ProviderHost, 'fetch' | 'clock'>,
  { method, url, headers, json, timeoutMs, signal }: ProviderRequest,
): Promise<ProviderReply> {
  const deadline = new AbortController();
  const cancel = host.clock.schedule(timeoutMs, () => deadline.abort());
  const giveUp = signal ? AbortSignal.any([deadline.signal, signal]) : deadline.signal;
  try {
    const response = await host.fetch(url, {
      method,
      headers: {
        'user-agent': USER_AGENT,
        ...(json !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      redirect: 'manual',
      signal: giveUp,
      ...(json !== undefined && { body: JSON.stringify(json) }),
    });
    const text = await readText(response);
    return { status: response.status, headers: response.headers, text, json: parseJson(text) };
  } catch (error) {
    throw failureOf(error, method, url.host, giveUp.aborted);
  } finally {
    cancel();
  }
}

async function readText(response: Response): Promise<string> {
  if (!response.body) return '';
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for await (const chunk of response.body) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    bytes += (chunk as Uint8Array).byteLength;
    if (bytes >= MAX_REPLY_BYTES) break;
  }
  return text + decoder.decode();
}

function failureOf(error: unknown, method: string, hostName: string, gaveUp: boolean): FaultError {
  if (isFault(error)) return error;
  if (gaveUp)
    return new FaultError('PROVIDER_TIMEOUT', `no answer from ${hostName} in time`, { cause: error });
  const code = textOf(objectOf(error instanceof Error ? error.cause : undefined)['code']);
  if (method === 'GET' || (code !== undefined && NEVER_SENT.has(code))) {
    const why = code ?? messageOf(error);
    return new FaultError('PROVIDER_UNREACHABLE', `cannot reach ${hostName}: ${why}`, { cause: error });
  }
  return new FaultError('PROVIDER_TIMEOUT', `the connection to ${hostName} broke before an answer came`, {
    cause: error,
  });
}

/** The fault that an answer stands for: its status and the provider's own reason. */
export function refusalOf(reply: ProviderReply, provider: string): FaultError {
  const reason = reasonIn(reply);
  const code = STATUS_CODES[reply.status] ?? 'PROVIDER_REFUSED';
  const redirect = reply.status >= 300 && reply.status < 400 ? ', a redirect, which is not followed' : '';
  const retryAfter = retryAfterIn(reply);
  return new FaultError(
    code,
    `${provider} answered ${reply.status}${redirect}${reason === undefined ? '' : `: ${reason}`}`,
    {
      details: { status: reply.status, ...(retryAfter !== undefined && { retryAfterSeconds: retryAfter }) },
    },
  );
}

/** The provider's own reason in an answer: its `message` or `error`, text or list or nested, or the plain text. */
export function reasonIn({ json, text }: Pick<ProviderReply, 'json' | 'text'>): string | undefined {
  const reason = isJsonObject(json) ? (wordsIn(json['message']) ?? wordsIn(json['error'])) : textOf(text);
  return reason?.slice(0, MAX_REASON_LENGTH);
}

function wordsIn(value: unknown): string | undefined {
  if (isJsonObject(value)) return textOf(value['message']) ?? textOf(value['code']);
  const words = listOf(value)
    .map(textOf)
    .filter((word) => word !== undefined);
  return words.length > 0 ? words.join('; ') : textOf(value);
}

function retryAfterIn({ headers, json }: ProviderReply): number | undefined {
  const seconds =
    numberOf(headers.get('retry-after')) ??
    numberOf(objectOf(objectOf(objectOf(json)['error'])['details'])['retryAfter']);
  return seconds !== undefined && seconds >= 0 ? seconds : undefined;
}
