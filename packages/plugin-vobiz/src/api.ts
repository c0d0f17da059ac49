/** Vobiz's REST API, as far as it is used. */
import {
  askProvider,
  FaultError,
  isJsonObject,
  objectOf,
  present,
  reasonIn,
  refusalOf,
  textOf,
  type ProviderHost,
  type ProviderReply,
  type ProviderRequest,
  type Secret,
} from '@sidetone/core';

/** How long an answer may take. */
export const REQUEST_TIMEOUT_MS = 10_000;

/** A call that is live, as the lookup tells it. */
export interface VobizLiveCall {
  readonly status?: string;
  readonly direction?: string;
  readonly from?: string;
  readonly to?: string;
}

/** Whether there was such a call to do it to. */
export type Outcome = 'done' | 'gone';

/** Every method rejects with a {@link FaultError} of kind `provider` when Vobiz refuses or does not answer. */
export interface VobizApi {
  /** Undefined when the call is over. */
  getLiveCall(callId: string, signal: AbortSignal): Promise<VobizLiveCall | undefined>;
  speak(callId: string, text: string, signal: AbortSignal): Promise<Outcome>;
  stopSpeaking(callId: string, signal: AbortSignal): Promise<Outcome>;
  hangUp(callId: string, signal: AbortSignal): Promise<Outcome>;
  /** Whether Vobiz can be reached and takes the credentials. */
  check(signal: AbortSignal): Promise<void>;
}

export interface VobizApiDeps {
  readonly host: Pick<ProviderHost, 'fetch' | 'clock'>;
  readonly baseUrl: URL;
  readonly authId: string;
  readonly authToken: Secret;
}

/** A 2xx can carry an error: then it is a refusal. */
function isSuccess({ status, json }: ProviderReply): boolean {
  if (status < 200 || status >= 300) return false;
  const { error, status: word } = objectOf(json) as { error?: unknown; status?: unknown };
  return textOf(error) === undefined && !isJsonObject(error) && word !== 'error';
}

/** A 404 about the call; the gateway's own 404 says that the address is wrong, and nothing about the call. */
function isGone({ status, json }: ProviderReply): boolean {
  const isGateway = objectOf(json)['message'] === 'Not Found' && objectOf(json)['error'] === undefined;
  return status === 404 && !isGateway;
}

function failureOf(reply: ProviderReply): FaultError {
  if (reply.status < 300) {
    const reason = reasonIn({ json: { error: objectOf(reply.json)['error'] }, text: '' });
    return new FaultError(
      'PROVIDER_REFUSED',
      `Vobiz answered ${reply.status} with an error: ${reason ?? 'no reason was given'}`,
      { details: { status: reply.status } },
    );
  }
  return refusalOf(reply, 'Vobiz');
}

/** A client of one account. Holds nothing open. */
export function createVobizApi({ host, baseUrl, authId, authToken }: VobizApiDeps): VobizApi {
  const base = baseUrl.href.replace(/\/+$/, '');

  async function ask(
    method: ProviderRequest['method'],
    path: string,
    signal: AbortSignal,
    json?: unknown,
  ): Promise<ProviderReply> {
    const reply = await askProvider(host, {
      method,
      url: new URL(base + path),
      headers: {
        'x-auth-id': authId,
        'x-auth-token': authToken.reveal(),
        'content-type': 'application/json',
      },
      timeoutMs: REQUEST_TIMEOUT_MS,
      signal,
      ...(json !== undefined && { json }),
    });
    if (isSuccess(reply) || isGone(reply)) return reply;
    throw failureOf(reply);
  }

  // Paths are case-sensitive, and want their slash at the end.
  const pathOf = (callId: string, resource = ''): string =>
    `/Account/${encodeURIComponent(authId)}/Call/${encodeURIComponent(callId)}/${resource}`;

  const outcome = async (reply: Promise<ProviderReply>): Promise<Outcome> =>
    isGone(await reply) ? 'gone' : 'done';

  return {
    async getLiveCall(callId, signal) {
      const reply = await ask('GET', `${pathOf(callId)}?status=live`, signal);
      if (isGone(reply)) return undefined;
      const call = objectOf(reply.json);
      return present({
        status: textOf(call['call_status'])?.toLowerCase(),
        direction: textOf(call['direction'])?.toLowerCase(),
        from: textOf(call['from']),
        to: textOf(call['to']),
      });
    },
    // Laid over the call, on the leg that the call began with: the person hears it.
    speak: (callId, text, signal) =>
      outcome(ask('POST', pathOf(callId, 'Speak/'), signal, { text, legs: 'aleg', mix: true })),
    stopSpeaking: (callId, signal) => outcome(ask('DELETE', pathOf(callId, 'Speak/'), signal)),
    hangUp: (callId, signal) => outcome(ask('DELETE', pathOf(callId), signal)),
    async check(signal) {
      const reply = await ask('GET', '/auth/me', signal);
      if (isGone(reply)) throw failureOf(reply);
    },
  };
}
