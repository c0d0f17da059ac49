import { jsonObject } from '../../http/http-request.ts';
import type { HttpReply, HttpRequest } from '../../http/http-request.ts';
import type { VapiBehaviour } from '../behaviour.ts';
import type { Budget } from './rate-limit.ts';
import type { VapiCall } from '../call.ts';
import { listCalls } from './call-listing.ts';
import type { Shown } from '../past-calls.ts';
import { decodeOrder } from './placement.ts';
import type { Placement } from './placement.ts';

/** What the REST API acts on: the cloud. */
export interface RestDeps {
  readonly apiKey: string;
  readonly publicKey: string;
  readonly budget: Budget;
  readonly dials: () => VapiBehaviour;
  readonly calls: readonly VapiCall[];
  readonly past: readonly Shown[];
  place(placement: Placement): VapiCall;
  /** Forgets a call, and ends it if it lives. */
  remove(id: string): void;
}

const LONGEST_NAME = 40;

/** Answers a request to the REST API. `path` comes without the base's own path. */
export function answerRest(request: HttpRequest, path: string, cloud: RestDeps): HttpReply {
  const refused = turnAway(request, cloud) ?? cloud.budget.take();
  if (refused !== undefined) return refused;
  const { method } = request;
  if (path === '/call') {
    if (method === 'GET') return listCalls(request.query, [...cloud.past, ...cloud.calls], cloud.dials());
    if (method === 'POST') return create(request.body, cloud);
  }
  const id = /^\/call\/([^/]+)$/.exec(path)?.[1];
  if (id === undefined) return refusal(404, 'Not Found', `Cannot ${method} ${path}`);
  const live = cloud.calls.find((candidate) => candidate.id === id);
  const call = live ?? cloud.past.find((candidate) => candidate.id === id);
  if (call === undefined) return refusal(404, 'Not Found', 'Call not found');
  if (method === 'GET') return { status: 200, body: call.describe() };
  if (method === 'PATCH' && live !== undefined) return rename(request.body, live);
  if (method === 'DELETE') {
    const body = call.describe();
    cloud.remove(id);
    return { status: 200, body };
  }
  return refusal(404, 'Not Found', `Cannot ${method} ${path}`);
}

/** The CDN comes before the API, and the key before everything else. */
function turnAway({ headers }: HttpRequest, cloud: RestDeps): HttpReply | undefined {
  const agent = headers['user-agent'];
  if (agent === undefined || cloud.dials().refusedAgents.some((start) => agent.startsWith(start)))
    return { status: 403, body: 'error code: 1010' };
  if (headers.authorization === `Bearer ${cloud.apiKey}`) return undefined;
  const isPublic = headers.authorization === `Bearer ${cloud.publicKey}`;
  return refusal(
    401,
    'Unauthorized',
    isPublic
      ? 'Invalid key: the public key was used where the private one is needed.'
      : 'Invalid key: the public key may have been used where the private one is needed.',
  );
}

function create(body: string, cloud: RestDeps): HttpReply {
  const fields = jsonObject(body);
  if (fields === undefined) return refusal(400, 'Bad Request', ['the body must be a JSON object']);
  const order = decodeOrder(fields);
  if (Array.isArray(order)) return refusal(400, 'Bad Request', order);
  const { concurrencyLimit, monitorOnTransportCreate } = cloud.dials();
  const room = concurrencyLimit - cloud.calls.filter(({ countsAsPlaced }) => countsAsPlaced).length;
  if (room < order.placements.length) return refusal(400, 'Bad Request', 'Over Concurrency Limit');
  const results = order.placements.map((placement) => {
    const call = cloud.place(placement).describe();
    if (call['type'] !== 'vapi.websocketCall' || monitorOnTransportCreate) return call;
    const { monitor: _, ...others } = call;
    return others;
  });
  const remainingConcurrentCalls = room - results.length;
  const subscriptionLimits = {
    concurrencyBlocked: remainingConcurrentCalls === 0,
    concurrencyLimit,
    remainingConcurrentCalls,
  };
  if (order.isBatch) return { status: 201, body: { subscriptionLimits, results, errors: order.errors } };
  return { status: 201, body: { ...results[0], subscriptionLimits } };
}

function rename(body: string, call: VapiCall): HttpReply {
  const { name, ...others } = jsonObject(body) ?? {};
  const unknown = Object.keys(others).map((field) => `property ${field} should not exist`);
  if (unknown.length > 0) return refusal(400, 'Bad Request', unknown);
  if (typeof name !== 'string' || name.length > LONGEST_NAME)
    return refusal(400, 'Bad Request', [`name must be shorter than or equal to ${LONGEST_NAME} characters`]);
  call.rename(name);
  return { status: 200, body: call.describe() };
}

function refusal(statusCode: number, error: string, message: string | string[]): HttpReply {
  return { status: statusCode, body: { message, error, statusCode } };
}
