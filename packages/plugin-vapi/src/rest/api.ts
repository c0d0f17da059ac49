/** Vapi's REST API and a call's control address, as far as they are used. */
import {
  requestProvider,
  listOf,
  objectOf,
  faultOfResponse,
  textOf,
  type JsonObject,
  type ProviderResponse,
} from '@sidetone/plugin-kit';
import { FaultError, type ProviderHost, type Secret } from '@sidetone/core';
import { decodeCall, type VapiCall } from '../calls/call-object.ts';
import type { ControlMessage } from '../control/control-messages.ts';
import { createReadGate } from './read-gate.ts';

/** How long a REST read may take. */
export const READ_TIMEOUT_MS = 10_000;
/** How long the creation of a call may take. */
export const CREATE_TIMEOUT_MS = 10_000;

/** Which calls to list: those created in `[from, before)`, epoch ms, newest first. */
export interface ListRequest {
  readonly limit: number;
  readonly from?: number;
  readonly before?: number;
}

export interface ListedCalls {
  readonly calls: readonly VapiCall[];
  /** How many entries there were, also those that are no calls. */
  readonly count: number;
  /** Whether there may be more behind these. */
  readonly hasMore: boolean;
}

export interface VapiApi {
  /**
   * The call as Vapi knows it now; undefined when it knows none of that id. An urgent question does not wait its turn.
   * @throws {FaultError} of kind `provider`.
   */
  getCall(callId: string, signal: AbortSignal, urgency?: Urgency): Promise<VapiCall | undefined>;
  /** @throws {FaultError} of kind `provider`. */
  listCalls(request: ListRequest, signal: AbortSignal): Promise<ListedCalls>;
  /**
   * Creates one call, and asks once only: a call that was asked for twice rings twice.
   * @throws {FaultError} of kind `provider`.
   */
  createCall(body: JsonObject, signal: AbortSignal): Promise<VapiCall>;
  /**
   * Rejects when Vapi cannot be reached or does not accept the key.
   * @throws {FaultError} of kind `provider`.
   */
  check(signal: AbortSignal): Promise<void>;
  /**
   * Posts one command, once. The reply may be a refusal.
   * @throws {FaultError} PROVIDER_TIMEOUT or PROVIDER_UNREACHABLE.
   */
  control(url: URL, message: ControlMessage, signal: AbortSignal): Promise<ProviderResponse>;
}

export type Urgency = 'urgent' | 'patient';

export interface VapiApiDeps {
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
  // Exclusive on both sides, by whole milliseconds: `from` itself is wanted.
  if (from !== undefined) query.set('createdAtGt', new Date(from - 1).toISOString());
  if (before !== undefined) query.set('createdAtLt', new Date(before).toISOString());
  return query;
}

/** The entries of a list in either of its shapes: bare, or as `results` of a page. */
function entriesOf(json: unknown): readonly unknown[] | undefined {
  const entries = Array.isArray(json) ? json : objectOf(json)['results'];
  return Array.isArray(entries) ? (entries as unknown[]) : undefined;
}

/** A client of one account. Holds nothing open. */
export function createVapiApi(deps: VapiApiDeps): VapiApi {
  const { host, baseUrl, apiKey, publicKey, controlTimeoutMs } = deps;
  const base = baseUrl.href.replace(/\/+$/, '');
  const gate = createReadGate(host.clock);

  async function read(path: string, signal: AbortSignal, urgency: Urgency): Promise<ProviderResponse> {
    if (urgency === 'patient') await gate.pass(signal);
    const reply = await requestProvider(host, {
      method: 'GET',
      url: new URL(`${base}${path}`),
      headers: bearer(apiKey),
      timeoutMs: READ_TIMEOUT_MS,
      signal,
    });
    if (reply.status === 429) gate.note(faultOfResponse(reply, 'Vapi'));
    return reply;
  }

  async function list(request: ListRequest, signal: AbortSignal): Promise<ListedCalls> {
    const reply = await read(`/call?${queryOf(request).toString()}`, signal, 'patient');
    if (!isSuccess(reply)) throw faultOfResponse(reply, 'Vapi');
    const entries = entriesOf(reply.json);
    if (entries) {
      const hasNextPage = objectOf(objectOf(reply.json)['metadata'])['hasNextPage'] === true;
      return {
        calls: entries.map(decodeCall).filter((call) => call !== undefined),
        count: entries.length,
        hasMore: hasNextPage || entries.length >= request.limit,
      };
    }
    // Calls with long histories can be more than is read of one answer.
    if (request.limit > 1) return list({ ...request, limit: Math.ceil(request.limit / 4) }, signal);
    throw new FaultError('PROVIDER_REFUSED', `Vapi answered ${reply.status}, but not with a list of calls`);
  }

  return {
    async getCall(callId, signal, urgency = 'patient') {
      const reply = await read(`/call/${encodeURIComponent(callId)}`, signal, urgency);
      if (reply.status === 404) return undefined;
      if (!isSuccess(reply)) throw faultOfResponse(reply, 'Vapi');
      const call = decodeCall(reply.json);
      if (call?.id !== callId) {
        throw new FaultError(
          'PROVIDER_REFUSED',
          `Vapi answered ${reply.status}, but not with the call asked for`,
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
      const reason = textOf(objectOf(listOf(errors)[0])['error']) ?? 'it named no call';
      throw new FaultError('PROVIDER_REFUSED', `Vapi answered ${reply.status}: ${reason}`);
    },
    async check(signal) {
      const reply = await read('/call?limit=1', signal, 'urgent');
      if (!isSuccess(reply)) throw faultOfResponse(reply, 'Vapi');
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
