import { jsonObject } from '../../http/http-request.ts';
import type { HttpReply, HttpRequest } from '../../http/http-request.ts';
import type { VapiBehaviour } from '../behaviour.ts';
import type { RateLimiter } from './rate-limit.ts';
import type { VapiCall } from '../call/call-contract.ts';
import { describeAssistant } from './assistant.ts';
import { listCalls } from './call-listing.ts';
import type { ListedCall } from '../past-calls.ts';
import { decodeCallRequest } from './placement.ts';
import type { Placement } from './placement.ts';

/** The cloud on which REST acts. */
interface RestDeps {
  readonly apiKey: string;
  readonly publicKey: string;
  readonly rateLimiter: RateLimiter;
  readonly behaviour: () => VapiBehaviour;
  readonly calls: readonly VapiCall[];
  readonly pastCalls: readonly ListedCall[];
  /** The server URL of the assistant. */
  readonly serverUrl: () => string | undefined;
  place(placement: Placement): VapiCall;
  /** Deletes a call, and ends it if it is live. */
  remove(id: string): void;
}

const LONGEST_NAME = 40;

/** Handles a REST request. `path` is relative to the base path. */
export function handleRest(request: HttpRequest, path: string, cloud: RestDeps): HttpReply {
  const refused = reject(request, cloud) ?? cloud.rateLimiter.check();
  if (refused !== undefined) return refused;
  const { method } = request;
  if (path === '/call') {
    if (method === 'GET')
      return listCalls(request.query, [...cloud.pastCalls, ...cloud.calls], cloud.behaviour());
    if (method === 'POST') return create(request.body, cloud);
  }
  if (method === 'GET' && path === '/assistant')
    return { status: 200, body: [describeAssistant(cloud.behaviour(), cloud.serverUrl())] };
  // The numbers of the account have no server URL of their own.
  if (method === 'GET' && path === '/phone-number') return { status: 200, body: [] };
  const id = /^\/call\/([^/]+)$/.exec(path)?.[1];
  if (id === undefined) return errorReply(404, 'Not Found', `Cannot ${method} ${path}`);
  const live = cloud.calls.find((candidate) => candidate.id === id);
  const call = live ?? cloud.pastCalls.find((candidate) => candidate.id === id);
  if (call === undefined) return errorReply(404, 'Not Found', 'Call not found');
  if (method === 'GET') return { status: 200, body: call.describe() };
  if (method === 'PATCH' && live !== undefined) return rename(request.body, live);
  if (method === 'DELETE') {
    const body = call.describe();
    cloud.remove(id);
    return { status: 200, body };
  }
  return errorReply(404, 'Not Found', `Cannot ${method} ${path}`);
}

/** Checks the user agent, as the CDN does, and then the key. */
function reject({ headers }: HttpRequest, cloud: RestDeps): HttpReply | undefined {
  const agent = headers['user-agent'];
  if (agent === undefined || cloud.behaviour().refusedAgents.some((start) => agent.startsWith(start)))
    return { status: 403, body: 'error code: 1010' };
  if (headers.authorization === `Bearer ${cloud.apiKey}`) return undefined;
  const isPublic = headers.authorization === `Bearer ${cloud.publicKey}`;
  return errorReply(
    401,
    'Unauthorized',
    isPublic
      ? 'Invalid key: the public key was used where the private one is needed.'
      : 'Invalid key: the public key may have been used where the private one is needed.',
  );
}

function create(body: string, cloud: RestDeps): HttpReply {
  const fields = jsonObject(body);
  if (fields === undefined) return errorReply(400, 'Bad Request', ['the body must be a JSON object']);
  const order = decodeCallRequest(fields);
  if (Array.isArray(order)) return errorReply(400, 'Bad Request', order);
  const { concurrencyLimit, monitorOnTransportCreate } = cloud.behaviour();
  const room = concurrencyLimit - cloud.calls.filter(({ countsTowardsLimit }) => countsTowardsLimit).length;
  if (room < order.placements.length) return errorReply(400, 'Bad Request', 'Over Concurrency Limit');
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
  if (unknown.length > 0) return errorReply(400, 'Bad Request', unknown);
  if (typeof name !== 'string' || name.length > LONGEST_NAME)
    return errorReply(400, 'Bad Request', [
      `name must be shorter than or equal to ${LONGEST_NAME} characters`,
    ]);
  call.rename(name);
  return { status: 200, body: call.describe() };
}

function errorReply(statusCode: number, error: string, message: string | string[]): HttpReply {
  return { status: statusCode, body: { message, error, statusCode } };
}
