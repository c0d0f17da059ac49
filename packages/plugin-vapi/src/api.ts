/** Vapi's REST API and a call's control address, as far as they are used. */
import {
  askProvider,
  FaultError,
  refusalOf,
  type ProviderHost,
  type ProviderReply,
  type Secret,
} from '@sidetone/core';
import { decodeCall, type VapiCall } from './call-object.ts';

/** How long a REST read may take. */
export const READ_TIMEOUT_MS = 10_000;
/** How long a control command may take; answers typically come within 0.3 s. */
export const CONTROL_TIMEOUT_MS = 5000;

/** A command as the control address takes it. */
export type ControlMessage =
  | {
      readonly type: 'say';
      readonly content: string;
      readonly endCallAfterSpoken?: true;
      readonly interruptAssistantEnabled?: true;
    }
  | { readonly type: 'end-call' };

export interface VapiApi {
  /**
   * The call as Vapi knows it now; undefined when it knows none of that id.
   * @throws {FaultError} of kind `provider`.
   */
  getCall(callId: string, signal: AbortSignal): Promise<VapiCall | undefined>;
  /**
   * Rejects when Vapi cannot be reached or does not accept the key.
   * @throws {FaultError} of kind `provider`.
   */
  check(signal: AbortSignal): Promise<void>;
  /**
   * Posts one command, once. The reply may be a refusal.
   * @throws {FaultError} PROVIDER_TIMEOUT or PROVIDER_UNREACHABLE.
   */
  control(url: URL, message: ControlMessage, signal: AbortSignal): Promise<ProviderReply>;
}

export interface VapiApiDeps {
  readonly host: Pick<ProviderHost, 'fetch' | 'clock'>;
  readonly baseUrl: URL;
  readonly apiKey: Secret;
  readonly publicKey: Secret | undefined;
}

export const isSuccess = ({ status }: ProviderReply): boolean => status >= 200 && status < 300;

const bearer = (key: Secret): Readonly<Record<string, string>> => ({
  authorization: `Bearer ${key.reveal()}`,
});

/** A client of one account. Holds nothing open. */
export function createVapiApi({ host, baseUrl, apiKey, publicKey }: VapiApiDeps): VapiApi {
  const base = baseUrl.href.replace(/\/+$/, '');

  const read = (path: string, signal: AbortSignal): Promise<ProviderReply> =>
    askProvider(host, {
      method: 'GET',
      url: new URL(`${base}${path}`),
      headers: bearer(apiKey),
      timeoutMs: READ_TIMEOUT_MS,
      signal,
    });

  return {
    async getCall(callId, signal) {
      const reply = await read(`/call/${encodeURIComponent(callId)}`, signal);
      if (reply.status === 404) return undefined;
      if (!isSuccess(reply)) throw refusalOf(reply, 'Vapi');
      const call = decodeCall(reply.json);
      if (call?.id !== callId) {
        throw new FaultError(
          'PROVIDER_REFUSED',
          `Vapi answered ${reply.status}, but not with the call asked for`,
        );
      }
      return call;
    },
    async check(signal) {
      const reply = await read('/call?limit=1', signal);
      if (!isSuccess(reply)) throw refusalOf(reply, 'Vapi');
    },
    control: (url, message, signal) =>
      askProvider(host, {
        method: 'POST',
        url,
        json: message,
        timeoutMs: CONTROL_TIMEOUT_MS,
        signal,
        ...(publicKey && { headers: bearer(publicKey) }),
      }),
  };
}
