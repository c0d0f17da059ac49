/**
 * Sends HTTP requests to a provider and maps responses and network errors to faults. The fault code says whether a command
 * was certainly not carried out, was rejected, or has an unknown outcome.
 */
import { FaultError, isFault, messageOf, type FaultCode, type PluginHost } from '@sidetone/core';
import { isJsonObject, listOf, numberOf, objectOf, parseJson, textOf } from './tolerant-json.ts';

/** The user agent of requests. Some providers reject requests with a generic one. */
export const USER_AGENT = 'sidetone/0.1.0';

/** Largest part of a response body that is read, in bytes. The record of a long call is several hundred KB. */
const MAX_RESPONSE_BYTES = 10 * 1024 * 1024;
/** Largest number of characters of a provider's error text in a message. */
const MAX_REASON_LENGTH = 300;

/** An HTTP request to a provider. */
export interface ProviderRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  /** The body, sent as JSON. */
  readonly json?: unknown;
  /** The body, sent as a form; instead of `json`. */
  readonly form?: URLSearchParams;
  /** Time limit for the whole response, in ms. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** A response with any status. */
export interface ProviderResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The parsed body; undefined if it is not JSON. */
  readonly json: unknown;
}

/** Error codes of Node.js for connections that failed before the request was sent. */
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

/** The fault codes of HTTP statuses. Any other unsuccessful status is PROVIDER_REFUSED. */
const STATUS_CODES: Readonly<Record<number, FaultCode>> = {
  408: 'PROVIDER_TIMEOUT',
  429: 'PROVIDER_RATE_LIMITED',
  502: 'PROVIDER_TIMEOUT',
  503: 'PROVIDER_UNREACHABLE',
  504: 'PROVIDER_TIMEOUT',
  // Cloudflare: the first group may have passed the request on, the second did not reach the server.
  520: 'PROVIDER_TIMEOUT',
  522: 'PROVIDER_TIMEOUT',
  524: 'PROVIDER_TIMEOUT',
  521: 'PROVIDER_UNREACHABLE',
  523: 'PROVIDER_UNREACHABLE',
  525: 'PROVIDER_UNREACHABLE',
  526: 'PROVIDER_UNREACHABLE',
};

/**
 * Sends a request and returns the response with any status. Does not follow redirects, because requests carry credentials.
 * @throws {FaultError} PROVIDER_UNREACHABLE if the request was certainly not received, or was a GET; PROVIDER_TIMEOUT if
 * there was no response in time or the connection was lost, so that the request may have been carried out.
 */
export async function requestProvider(
  host: Pick<PluginHost, 'fetch' | 'clock'>,
  { method, url, headers, timeoutMs, signal, ...content }: ProviderRequest,
): Promise<ProviderResponse> {
  const deadline = new AbortController();
  const cancel = host.clock.schedule(timeoutMs, () => deadline.abort());
  const abort = signal ? AbortSignal.any([deadline.signal, signal]) : deadline.signal;
  const body = bodyOf(content);
  try {
    const response = await host.fetch(url, {
      method,
      headers: { 'user-agent': USER_AGENT, ...(body && { 'content-type': body.type }), ...headers },
      redirect: 'manual',
      signal: abort,
      ...(body && { body: body.text }),
    });
    const text = await readText(response);
    return { status: response.status, headers: response.headers, text, json: parseJson(text) };
  } catch (error) {
    throw networkFault(error, method, url.host, abort.aborted);
  } finally {
    cancel();
  }
}

interface Body {
  readonly type: string;
  readonly text: string;
}

function bodyOf({ json, form }: Pick<ProviderRequest, 'json' | 'form'>): Body | undefined {
  if (form) return { type: 'application/x-www-form-urlencoded', text: form.toString() };
  return json === undefined ? undefined : { type: 'application/json', text: JSON.stringify(json) };
}

async function readText(response: Response): Promise<string> {
  if (!response.body) return '';
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for await (const chunk of response.body) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    bytes += (chunk as Uint8Array).byteLength;
    if (bytes >= MAX_RESPONSE_BYTES) break;
  }
  return text + decoder.decode();
}

function networkFault(error: unknown, method: string, hostName: string, isAborted: boolean): FaultError {
  if (isFault(error)) return error;
  if (isAborted)
    return new FaultError('PROVIDER_TIMEOUT', `request to ${hostName} timed out`, { cause: error });
  const code = textOf(objectOf(error instanceof Error ? error.cause : undefined)['code']);
  if (method === 'GET' || (code !== undefined && NEVER_SENT.has(code))) {
    const reason = code ?? messageOf(error);
    return new FaultError('PROVIDER_UNREACHABLE', `request to ${hostName} failed: ${reason}`, {
      cause: error,
    });
  }
  return new FaultError('PROVIDER_TIMEOUT', `connection to ${hostName} lost before the response`, {
    cause: error,
  });
}

/** Returns the fault for an unsuccessful response, with its status and the provider's error text. */
export function faultOfResponse(response: ProviderResponse, provider: string): FaultError {
  const reason = errorReasonIn(response);
  const code = STATUS_CODES[response.status] ?? 'PROVIDER_REFUSED';
  const redirect =
    response.status >= 300 && response.status < 400 ? ', a redirect, which is not followed' : '';
  const retryAfter = retryAfterIn(response);
  return new FaultError(
    code,
    `${provider} answered ${response.status}${redirect}${reason === undefined ? '' : `: ${reason}`}`,
    {
      details: {
        status: response.status,
        ...(retryAfter !== undefined && { retryAfterSeconds: retryAfter }),
      },
    },
  );
}

/** Returns the error text of a response: `message` or `error` as text, list or object, or a plain text body. */
export function errorReasonIn({ json, text }: Pick<ProviderResponse, 'json' | 'text'>): string | undefined {
  const reason = isJsonObject(json)
    ? (errorTextIn(json['message']) ?? errorTextIn(json['error']))
    : textOf(text);
  return reason?.slice(0, MAX_REASON_LENGTH);
}

function errorTextIn(value: unknown): string | undefined {
  if (isJsonObject(value)) return textOf(value['message']) ?? textOf(value['code']);
  const texts = listOf(value)
    .map(textOf)
    .filter((text) => text !== undefined);
  return texts.length > 0 ? texts.join('; ') : textOf(value);
}

function retryAfterIn({ headers, json }: ProviderResponse): number | undefined {
  const seconds =
    numberOf(headers.get('retry-after')) ??
    numberOf(objectOf(objectOf(objectOf(json)['error'])['details'])['retryAfter']);
  return seconds !== undefined && seconds >= 0 ? seconds : undefined;
}
