/** Client of Vapi's REST API, and of the control URLs of calls. */
import {
  requestProvider,
  listOf,
  objectOf,
  path as pathOf,
  faultOfResponse,
  textOf,
  type JsonObject,
  type ProviderResponse,
} from '@sidetone/plugin-kit';
import { FaultError, type ProviderHost, type Secret } from '@sidetone/core';
import { decodeCall, type VapiCall } from '../calls/call-object.ts';
import { createRateLimiter } from './rate-limiter.ts';

/** Timeout of a read, ms. */
const READ_TIMEOUT_MS = 10_000;
/** Timeout of the creation of a call, ms. */
const CREATE_TIMEOUT_MS = 10_000;

/** Assistants, and phone numbers, that are checked. */
export const SETTINGS_LIMIT = 100;

/** Lists calls created in `[from, before)`, epoch ms, newest first. */
export interface ListRequest {
  readonly limit: number;
  readonly from?: number;
  readonly before?: number;
}

export interface ListedCalls {
  readonly calls: readonly VapiCall[];
  /** Number of entries, including invalid ones. */
  readonly count: number;
  /** Whether there may be further calls. */
  readonly hasMore: boolean;
}

export interface VapiApi {
  /**
   * Returns the current state of a call; undefined if Vapi does not know it. Urgent requests bypass the rate limiter.
   * @throws {FaultError} of kind `provider`.
   */
  getCall(callId: string, signal: AbortSignal, urgency?: Urgency): Promise<VapiCall | undefined>;
  /** @throws {FaultError} of kind `provider`. */
  listCalls(request: ListRequest, signal: AbortSignal): Promise<ListedCalls>;
  /**
   * Creates a call. Never retried: a repeated request would place a second call.
   * @throws {FaultError} of kind `provider`.
   */
  createCall(body: JsonObject, signal: AbortSignal): Promise<VapiCall>;
  /**
   * Rejects if Vapi cannot be reached or rejects the API key.
   * @throws {FaultError} of kind `provider`.
   */
  check(signal: AbortSignal): Promise<void>;
  /**
   * Returns the first assistants or phone numbers of the account, as they are.
   * @throws {FaultError} of kind `provider`.
   */
  listSettings(kind: SettingsKind, signal: AbortSignal): Promise<readonly JsonObject[]>;
  /**
   * Posts a command once. Returns the reply, whatever its status.
   * @throws {FaultError} PROVIDER_TIMEOUT or PROVIDER_UNREACHABLE.
   */
  control(url: URL, message: JsonObject, signal: AbortSignal): Promise<ProviderResponse>;
}

/** What has a server URL. */
type SettingsKind = 'assistant' | 'phone-number';

export type Urgency = 'urgent' | 'patient';

interface VapiApiDeps {
  readonly host: Pick<ProviderHost, 'fetch' | 'clock'>;
  readonly baseUrl: URL;
  readonly apiKey: Secret;
  readonly publicKey: Secret | undefined;
  readonly controlTimeoutMs: number;
}

export const isSuccess = ({ status }: ProviderResponse): boolean => status >= 200 && status < 300;

const bearer = (key: Secret): Readonly<Record<string, string>> => ({
  authorization: `Bearer ${key.reveal()}`,
});

function queryOf({ limit, from, before }: ListRequest): URLSearchParams {
  const query = new URLSearchParams({ limit: String(limit) });
  // Both bounds of the API are exclusive, in whole milliseconds.
  if (from !== undefined) query.set('createdAtGt', new Date(from - 1).toISOString());
  if (before !== undefined) query.set('createdAtLt', new Date(before).toISOString());
  return query;
}

/** Returns the entries of a list in either of its formats: an array, or the `results` of a page. */
function entriesOf(json: unknown): readonly unknown[] | undefined {
  const entries = Array.isArray(json) ? json : objectOf(json)['results'];
  return Array.isArray(entries) ? (entries as unknown[]) : undefined;
}

/** Returns a client of one account. It holds no connections or timers. */
export function createVapiApi(deps: VapiApiDeps): VapiApi {
  const { host, baseUrl, apiKey, publicKey, controlTimeoutMs } = deps;
  const base = baseUrl.href.replace(/\/+$/, '');
  const limiter = createRateLimiter(host.clock);

  async function read(path: string, signal: AbortSignal, urgency: Urgency): Promise<ProviderResponse> {
    if (urgency === 'patient') await limiter.acquire(signal);
    const reply = await requestProvider(host, {
      method: 'GET',
      url: new URL(`${base}${path}`),
      headers: bearer(apiKey),
      timeoutMs: READ_TIMEOUT_MS,
      signal,
    });
    if (reply.status === 429) limiter.report(faultOfResponse(reply, 'Vapi'));
    return reply;
  }

  async function list(request: ListRequest, signal: AbortSignal): Promise<ListedCalls> {
    const reply = await read(`/call?${queryOf(request).toString()}`, signal, 'patient');
    if (!isSuccess(reply)) throw faultOfResponse(reply, 'Vapi');
    const entries = entriesOf(reply.json);
    if (entries) {
      const hasNextPage = objectOf(objectOf(reply.json)['metadata'])['hasNextPage'] === true;
      return {
        calls: entries.map((call) => decodeCall(call)).filter((call) => call !== undefined),
        count: entries.length,
        hasMore: hasNextPage || entries.length >= request.limit,
      };
    }
    // A response with long histories can exceed the size limit, and is then truncated: retry with a smaller page.
    if (request.limit > 1) return list({ ...request, limit: Math.ceil(request.limit / 4) }, signal);
    throw new FaultError('PROVIDER_REFUSED', `Vapi answered ${reply.status}: expected a list of calls`);
  }

  return {
    async getCall(callId, signal, urgency = 'patient') {
      const reply = await read(pathOf`/call/${callId}`, signal, urgency);
      if (reply.status === 404) return undefined;
      if (!isSuccess(reply)) throw faultOfResponse(reply, 'Vapi');
      const call = decodeCall(reply.json);
      if (call?.id !== callId) {
        throw new FaultError(
          'PROVIDER_REFUSED',
          `Vapi answered ${reply.status}: expected the requested call`,
        );
      }
      return call;
    },
    listCalls: list,
    async createCall(body, signal) {
      const reply = await requestProvider(host, {
        method: 'POST',
        url: new URL(`${base}/call`),
        headers: bearer(apiKey),
        json: body,
        timeoutMs: CREATE_TIMEOUT_MS,
        signal,
      });
      if (!isSuccess(reply)) throw faultOfResponse(reply, 'Vapi');
      const { results, errors } = objectOf(reply.json);
      const call = decodeCall(reply.json) ?? decodeCall(listOf(results)[0]);
      if (call) return call;
      const reason = textOf(objectOf(listOf(errors)[0])['error']) ?? 'the response contains no call';
      throw new FaultError('PROVIDER_REFUSED', `Vapi answered ${reply.status}: ${reason}`);
    },
    async check(signal) {
      const reply = await read('/call?limit=1', signal, 'urgent');
      if (!isSuccess(reply)) throw faultOfResponse(reply, 'Vapi');
    },
    async listSettings(kind, signal) {
      const reply = await read(`/${kind}?limit=${SETTINGS_LIMIT}`, signal, 'urgent');
      if (!isSuccess(reply)) throw faultOfResponse(reply, 'Vapi');
      const entries = entriesOf(reply.json);
      if (entries) return entries.map(objectOf);
      throw new FaultError('PROVIDER_REFUSED', `Vapi answered ${reply.status}: expected a list`);
    },
    control: (url, message, signal) =>
      requestProvider(host, {
        method: 'POST',
        url,
        json: message,
        timeoutMs: controlTimeoutMs,
        signal,
        ...(publicKey && { headers: bearer(publicKey) }),
      }),
  };
}
