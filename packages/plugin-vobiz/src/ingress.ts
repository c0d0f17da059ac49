/** HTTP and WebSocket requests of Vobiz: requests for XML, webhooks, status callbacks of streams, and the streams. */
import {
  FaultError,
  type Ingress,
  type IngressRequest,
  type IngressResponse,
  type ProviderCallId,
  type Socket,
  type WebhookSetting,
} from '@sidetone/core';
import { handleClaimed } from '@sidetone/plugin-kit';
import { EMPTY_ANSWER } from './answer/answer-xml.ts';
import type { Answerer, Answers } from './answer/answers.ts';
import { isHangup, isRecording } from './translate.ts';
import type { Track } from './wire.ts';
import type { WebhookAuth } from './webhook/webhook-auth.ts';
import { decodeWebhook, type VobizWebhook } from './webhook/webhook-form.ts';

interface IngressDeps {
  readonly authenticate: WebhookAuth['authenticate'];
  /** Decides by the headers whether the body of a webhook is read; undefined if every body is. */
  readonly admit: WebhookAuth['admit'];
  /** Handles a webhook. Resolves when its events are stored. */
  readonly receive: (webhook: VobizWebhook, receivedAt: number) => Promise<void>;
  /** Builds the XML for requests; a path without an answerer does not exist. */
  readonly answers: Answers;
  /** Returns whether a token is that of a transfer. */
  readonly hasTransfer: (token: string) => Promise<boolean>;
  /** Handles a status callback of a stream. */
  readonly statusCallback: (webhook: VobizWebhook) => void;
  /** Returns the call of a token in a stream URL. */
  readonly callOf: (token: string) => ProviderCallId | undefined;
  /** Reads the call of a token that another instance may have issued, for `callOf`. */
  readonly loadCallOf: (token: string) => Promise<void>;
  /** Takes ownership of a socket with a stream of a call. */
  readonly openSession: (callId: ProviderCallId, socket: Socket, track: Track | undefined) => void;
}

const TEXT_TYPE = { 'content-type': 'text/plain; charset=utf-8' };
const XML_TYPE = { 'content-type': 'application/xml; charset=utf-8' };

/** Events that request XML. Other events at the answer URL only notify. */
const REQUESTS_XML: ReadonlySet<string | undefined> = new Set([
  'StartApp',
  'Transfer',
  'Redirect',
  undefined,
]);

const xml = (body: string): IngressResponse => ({ status: 200, headers: XML_TYPE, body });

const EMPTY_XML = xml(EMPTY_ANSWER);
const OK: IngressResponse = { status: 200, headers: TEXT_TYPE, body: 'ok' };
const NOT_FOUND: IngressResponse = { status: 404, headers: TEXT_TYPE, body: 'not found' };
const METHOD_NOT_ALLOWED: IngressResponse = {
  status: 405,
  headers: { ...TEXT_TYPE, allow: 'GET, POST' },
  body: 'method not allowed',
};

/** Returns the fields of a webhook; those of the body take precedence over those of the query. */
function fieldsOf({ method, query, body }: IngressRequest): URLSearchParams {
  const fields = new URLSearchParams(query);
  if (method !== 'POST') return fields;
  for (const [name, value] of new URLSearchParams(new TextDecoder().decode(body))) fields.set(name, value);
  return fields;
}

/** Events that always concern a call. */
const REQUIRES_CALL = new Set(['StartApp', 'Ring', 'Hangup', 'Transfer', 'Redirect']);

const mayLackCall = (event: string | null): boolean => Boolean(event) && !REQUIRES_CALL.has(event ?? '');

/** Returns whether a webhook requests XML. The end of a dial may have the event of a redirect. */
const requestsXml = (webhook: VobizWebhook): boolean =>
  !isHangup(webhook) &&
  webhook.dial === undefined &&
  !isRecording(webhook) &&
  REQUESTS_XML.has(webhook.event);

/** Returns the token and the track of a stream's path. */
function streamIn(path: string): { readonly token: string; readonly track: Track | undefined } {
  const [, token = '', track] = /^stream\/([\w-]+)(?:\/(inbound|outbound))?$/.exec(path) ?? [];
  return { token, track: track as Track | undefined };
}
const transferTokenIn = (path: string): string | undefined => /^transfer\/([\w-]+)$/.exec(path)?.[1];

/** What the operator configures at the application of a number. */
const WEBHOOKS: readonly WebhookSetting[] = [
  { path: 'answer', setting: 'answer URL' },
  { path: 'hangup', setting: 'hangup URL' },
];

type Route = (webhook: VobizWebhook, fields: URLSearchParams) => Promise<IngressResponse>;
type Routes = (path: string) => Route | undefined;

function createRoutes({ answers, statusCallback }: IngressDeps): Routes {
  const answerWith = (answerer: Answerer | undefined): Route | undefined =>
    answerer &&
    (async (webhook, fields) => {
      if (isHangup(webhook)) answers.hungUp?.(webhook, fields);
      return requestsXml(webhook) ? xml(await answerer(webhook, fields)) : EMPTY_XML;
    });

  const ROUTES: Readonly<Record<string, Route | undefined>> = {
    answer: answerWith(answers.answer),
    'after-stream': answerWith(answers.afterStream),
    ring: () => Promise.resolve(OK),
    async hangup(webhook, fields) {
      if (isHangup(webhook)) answers.hungUp?.(webhook, fields);
      return OK;
    },
    async 'stream-status'(webhook) {
      statusCallback(webhook);
      return OK;
    },
    // Some of these events expect XML; an empty document is valid for all of them.
    events: () => Promise.resolve(EMPTY_XML),
  };

  return (path) => {
    const token = transferTokenIn(path);
    if (token === undefined) return Object.hasOwn(ROUTES, path) ? ROUTES[path] : undefined;
    return async (webhook) => {
      const body = await answers.transfer(token, webhook.callId as ProviderCallId);
      return body === undefined ? NOT_FOUND : xml(body);
    };
  };
}

/** Creates the handlers for all paths of this instance. */
export function createIngress(deps: IngressDeps): Ingress {
  const { authenticate, admit, receive, hasTransfer, callOf, loadCallOf, openSession } = deps;
  const routeOf = createRoutes(deps);

  return {
    ...(admit && {
      admitRequest: (head) => (routeOf(head.path) ? admit(head) : { admit: false, status: 404 }),
    }),
    ...(deps.answers.answer && { webhooks: WEBHOOKS }),
    async request(request) {
      const route = routeOf(request.path);
      if (!route) return NOT_FOUND;
      if (request.method !== 'POST' && request.method !== 'GET') return METHOD_NOT_ALLOWED;
      const transfer = transferTokenIn(request.path);
      if (transfer !== undefined && !(await hasTransfer(transfer))) return NOT_FOUND;
      const claim = await authenticate(request);
      return handleClaimed(request, claim, async () => {
        const fields = fieldsOf(request);
        const decoded = decodeWebhook(fields);
        // An event of a conference room may concern no call: it is ignored.
        if (!decoded.ok && mayLackCall(fields.get('Event'))) return EMPTY_XML;
        if (!decoded.ok) throw new FaultError('WIRE_MALFORMED', decoded.problem);
        await receive(decoded.webhook, request.receivedAt);
        return route(decoded.webhook, fields);
      });
    },
    loadSocket: ({ path }) => loadCallOf(streamIn(path).token),
    admitSocket({ path }) {
      return callOf(streamIn(path).token) === undefined ? { admit: false, status: 404 } : { admit: true };
    },
    socket({ path }, socket) {
      const { token, track } = streamIn(path);
      const callId = callOf(token);
      // The call may have ended since the socket was admitted.
      if (callId === undefined) socket.close(1008, 'the call has ended');
      else openSession(callId, socket, track);
    },
  };
}
