/** What Vobiz sends to us: the question how to answer a call, its end, news of its streams, and the streams. */
import {
  FaultError,
  type Ingress,
  type IngressRequest,
  type IngressResponse,
  type ProviderCallId,
  type Socket,
} from '@sidetone/core';
import { EMPTY_ANSWER } from './answer-xml.ts';
import { isHangup } from './translate.ts';
import { decodeWebhook, type VobizWebhook } from './webhook-form.ts';

export interface IngressDeps {
  /** Takes in what a webhook tells. Settles when it is emitted and stored. */
  readonly receive: (webhook: VobizWebhook, receivedAt: number) => Promise<void>;
  /** The XML that answers a call. */
  readonly answer: (callId: ProviderCallId) => Promise<string>;
  /** The call that a token in a stream's address stands for. */
  readonly callOf: (token: string) => ProviderCallId | undefined;
  /** Takes over the socket of a call's stream. */
  readonly openSession: (callId: ProviderCallId, socket: Socket) => void;
}

const TEXT_TYPE = { 'content-type': 'text/plain; charset=utf-8' };
const XML_TYPE = { 'content-type': 'application/xml; charset=utf-8' };

/** Events that ask what to do with the call. Others that come to the answer address only tell. */
const ASKS: ReadonlySet<string | undefined> = new Set(['StartApp', 'Transfer', 'Redirect', undefined]);

const DONE: IngressResponse = { status: 200, headers: TEXT_TYPE, body: 'ok' };

/** The fields of a webhook: those of the body before those of the query. */
function fieldsOf({ method, query, body }: IngressRequest): URLSearchParams {
  const fields = new URLSearchParams(query);
  if (method !== 'POST') return fields;
  for (const [name, value] of new URLSearchParams(new TextDecoder().decode(body))) fields.set(name, value);
  return fields;
}

const tokenIn = (path: string): string | undefined => /^stream\/([^/]+)$/.exec(path)?.[1];

/** The routes under this instance's address. */
export function createIngress({ receive, answer, callOf, openSession }: IngressDeps): Ingress {
  const ROUTES: Readonly<Record<string, (webhook: VobizWebhook) => Promise<IngressResponse>>> = {
    async answer(webhook) {
      const asks = !isHangup(webhook) && ASKS.has(webhook.event);
      const body = asks ? await answer(webhook.callId as ProviderCallId) : EMPTY_ANSWER;
      return { status: 200, headers: XML_TYPE, body };
    },
    hangup: () => Promise.resolve(DONE),
    'stream-status': () => Promise.resolve(DONE),
  };

  return {
    async request(request) {
      const route = Object.hasOwn(ROUTES, request.path) ? ROUTES[request.path] : undefined;
      if (!route) return { status: 404, headers: TEXT_TYPE, body: 'there is nothing here' };
      if (request.method !== 'POST' && request.method !== 'GET') {
        return { status: 405, headers: { ...TEXT_TYPE, allow: 'GET, POST' }, body: 'GET or POST only' };
      }
      const decoded = decodeWebhook(fieldsOf(request));
      if (!decoded.ok) throw new FaultError('WIRE_MALFORMED', decoded.problem);
      await receive(decoded.webhook, request.receivedAt);
      return route(decoded.webhook);
    },
    admitSocket({ path }) {
      const token = tokenIn(path);
      return token !== undefined && callOf(token) !== undefined
        ? { admit: true }
        : { admit: false, status: 404 };
    },
    socket({ path }, socket) {
      const callId = callOf(tokenIn(path) ?? '');
      // The call may have ended between the admission and now.
      if (callId === undefined) socket.close(1008, 'the call is over');
      else openSession(callId, socket);
    },
  };
}
