/** What Vobiz sends to us: the question how to answer a call, its end, news of its streams, and the streams. */
import {
  FaultError,
  type Ingress,
  type IngressRequest,
  type IngressResponse,
  type ProviderCallId,
  type Socket,
} from '@sidetone/core';
import { EMPTY_ANSWER } from './answer/answer-xml.ts';
import type { Answerer, Answers } from './answer/answers.ts';
import type { WebhookAuth } from './webhook/webhook-auth.ts';
import { isHangup, isRecording } from './translate.ts';
import { decodeWebhook, type VobizWebhook } from './webhook/webhook-form.ts';

export interface IngressDeps {
  readonly authenticate: WebhookAuth;
  /** Takes in what a webhook tells. Settles when it is emitted and stored. */
  readonly receive: (webhook: VobizWebhook, receivedAt: number) => Promise<void>;
  /** The XML that each question gets; a question that has none is not asked here. */
  readonly answers: Answers;
  /** Whether a token stands for any transfer. */
  readonly hasTransfer: (token: string) => boolean;
  /** Takes what a stream's status callback tells. */
  readonly statusCallback: (webhook: VobizWebhook) => void;
  /** The call that a token in a stream's address stands for. */
  readonly callOf: (token: string) => ProviderCallId | undefined;
  /** Takes over the socket of a call's stream. */
  readonly openSession: (callId: ProviderCallId, socket: Socket) => void;
}

const TEXT_TYPE = { 'content-type': 'text/plain; charset=utf-8' };
const XML_TYPE = { 'content-type': 'application/xml; charset=utf-8' };

/** Events that ask what to do with the call. Others that come to the answer address only tell. */
const ASKS: ReadonlySet<string | undefined> = new Set(['StartApp', 'Transfer', 'Redirect', undefined]);

const xml = (body: string): IngressResponse => ({ status: 200, headers: XML_TYPE, body });

const NOTHING_TO_DO = xml(EMPTY_ANSWER);
const DONE: IngressResponse = { status: 200, headers: TEXT_TYPE, body: 'ok' };

/** The fields of a webhook: those of the body before those of the query. */
function fieldsOf({ method, query, body }: IngressRequest): URLSearchParams {
  const fields = new URLSearchParams(query);
  if (method !== 'POST') return fields;
  for (const [name, value] of new URLSearchParams(new TextDecoder().decode(body))) fields.set(name, value);
  return fields;
}

/** Events that are about a call, or about nothing. */
const NEEDS_CALL = new Set(['StartApp', 'Ring', 'Hangup', 'Transfer', 'Redirect']);

const isNewsOfNobody = (event: string | null): boolean => Boolean(event) && !NEEDS_CALL.has(event ?? '');

/** Whether a webhook asks what to do with its call; the end of a dialling comes under the name of a redirect too. */
const isQuestion = (webhook: VobizWebhook): boolean =>
  !isHangup(webhook) && webhook.dial === undefined && !isRecording(webhook) && ASKS.has(webhook.event);

const tokenIn = (path: string): string | undefined => /^stream\/([\w-]+)$/.exec(path)?.[1];
const transferIn = (path: string): string | undefined => /^transfer\/([\w-]+)$/.exec(path)?.[1];

type Route = (webhook: VobizWebhook, fields: URLSearchParams) => Promise<IngressResponse>;

const NOT_HERE: IngressResponse = { status: 404, headers: TEXT_TYPE, body: 'there is nothing here' };

/** The routes under this instance's address. */
export function createIngress({
  authenticate,
  receive,
  answers,
  hasTransfer,
  statusCallback,
  callOf,
  openSession,
}: IngressDeps): Ingress {
  /** A route that gives XML to questions; news that come to it only tell. */
  const asking = (answerer: Answerer | undefined): Route | undefined =>
    answerer &&
    (async (webhook, fields) => {
      if (isHangup(webhook)) answers.hungUp?.(webhook, fields);
      return isQuestion(webhook) ? xml(await answerer(webhook, fields)) : NOTHING_TO_DO;
    });

  const ROUTES: Readonly<Record<string, Route | undefined>> = {
    answer: asking(answers.answer),
    'after-stream': asking(answers.afterStream),
    ring: () => Promise.resolve(DONE),
    async hangup(webhook, fields) {
      if (isHangup(webhook)) answers.hungUp?.(webhook, fields);
      return DONE;
    },
    async 'stream-status'(webhook) {
      statusCallback(webhook);
      return DONE;
    },
    // Some of these wait for XML, and nothing is a right answer to all of them.
    events: () => Promise.resolve(NOTHING_TO_DO),
  };

  function routeOf(path: string): Route | undefined {
    const token = transferIn(path);
    if (token === undefined) return Object.hasOwn(ROUTES, path) ? ROUTES[path] : undefined;
    if (!hasTransfer(token)) return undefined;
    return async (webhook) => {
      const body = await answers.transfer(token, webhook.callId as ProviderCallId);
      return body === undefined ? NOT_HERE : xml(body);
    };
  }

  return {
    async request(request) {
      const route = routeOf(request.path);
      if (!route) return NOT_HERE;
      if (request.method !== 'POST' && request.method !== 'GET') {
        return { status: 405, headers: { ...TEXT_TYPE, allow: 'GET, POST' }, body: 'GET or POST only' };
      }
      const release = authenticate(request);
      try {
        const fields = fieldsOf(request);
        const decoded = decodeWebhook(fields);
        // News of a room can come without a call: then there is nobody to tell them of.
        if (!decoded.ok && isNewsOfNobody(fields.get('Event'))) return NOTHING_TO_DO;
        if (!decoded.ok) throw new FaultError('WIRE_MALFORMED', decoded.problem);
        await receive(decoded.webhook, request.receivedAt);
        const response = await route(decoded.webhook, fields);
        if (response.status >= 400) release();
        return response;
      } catch (error) {
        release();
        throw error;
      }
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
