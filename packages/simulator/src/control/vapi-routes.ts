// The part of the control surface that knows about the fake Vapi alone.

import { jsonObject } from '../http/http-request.ts';
import type { HttpReply, HttpRequest } from '../http/http-request.ts';
import type { Simulator } from '../simulator-contract.ts';
import { decodeTone } from '../call/tone-request.ts';
import type { VapiCall } from '../vapi/call/call-contract.ts';
import { objectOf } from '../vapi/control/commands.ts';
import { decodeCredential } from '../vapi/webhook/credential.ts';
import { REQUEST_TYPES } from '../vapi/webhook/server-requests.ts';
import type { ServerRequest } from '../vapi/webhook/server-requests.ts';

type Fields = Readonly<Record<string, unknown>>;

const SPELLINGS = ['string', 'object', 'documentation'] as const;
const RECIPIENTS = ['webhook', 'sockets', 'all'] as const;

const CLOUD_ROUTES: Readonly<Record<string, (fields: Fields, simulator: Simulator) => HttpReply>> = {
  'POST /history'(fields, { vapi }) {
    const { count, days, seed } = decodeNumbers(fields, ['count', 'days', 'seed']);
    if (count === undefined) throw new RangeError('count is missing');
    vapi.addPastCalls({
      count,
      ...(days === undefined ? {} : { days }),
      ...(seed === undefined ? {} : { seed }),
    });
    return { status: 201, body: { count } };
  },
  'PUT /vapi/credential'(fields, simulator) {
    simulator.pointAt({ vapiCredential: decodeCredential(fields) });
    return { status: 204 };
  },
  'PUT /vapi/behaviour'(fields, { vapi }) {
    vapi.setBehaviour(fields);
    return { status: 204 };
  },
};

const CALL_ROUTES: Readonly<Record<string, (fields: Fields, call: VapiCall) => HttpReply>> = {
  'PUT behaviour'(fields, call) {
    call.setBehaviour(fields);
    return { status: 204 };
  },
  'POST messages'({ message, to = 'all' }, call) {
    const told = objectOf(message);
    const type = told?.['type'];
    if (told === undefined || typeof type !== 'string')
      throw new RangeError('message must be an object with a type');
    const receiver = RECIPIENTS.find((known) => known === to);
    if (receiver === undefined) throw new RangeError(`to must be one of ${RECIPIENTS.join(', ')}`);
    call.send({ ...told, type }, receiver);
    return { status: 202, body: call.state() };
  },
  'POST requests'(fields, call) {
    void call.request(decodeServerRequest(fields));
    return { status: 202, body: call.state() };
  },
  'POST tone'(fields, call) {
    call.tone(decodeTone(fields));
    return { status: 202, body: call.state() };
  },
  'POST end'({ reason = 'manually-canceled' }, call) {
    call.end(String(reason));
    return { status: 202, body: call.state() };
  },
};

/** Answers what only the fake Vapi can; undefined for anything else. */
export function handleVapiRequest(
  { method, body }: HttpRequest,
  path: string,
  simulator: Simulator,
): HttpReply | undefined {
  const cloudRoute = lookUp(CLOUD_ROUTES, `${method} ${path}`);
  const [, id = '', action] = /^\/calls\/([^/]+)\/([a-z]+)$/.exec(path) ?? [];
  const callRoute = lookUp(CALL_ROUTES, `${method} ${action}`);
  const call = callRoute === undefined ? undefined : simulator.vapi.call(id);
  if (cloudRoute === undefined && call === undefined) return undefined;
  const fields = jsonObject(body === '' ? '{}' : body);
  if (fields === undefined) return { status: 400, body: { error: 'the body must be a JSON object' } };
  try {
    if (cloudRoute !== undefined) return cloudRoute(fields, simulator);
    return call === undefined ? undefined : callRoute?.(fields, call);
  } catch (error) {
    if (error instanceof RangeError) return { status: 400, body: { error: error.message } };
    throw error;
  }
}

function decodeServerRequest(fields: Fields): ServerRequest {
  const { type, spelling, name, arguments: given, timeoutMs } = fields;
  const known = REQUEST_TYPES.find((candidate) => candidate === type);
  if (known === undefined) throw new RangeError(`type must be one of ${REQUEST_TYPES.join(', ')}`);
  const spelled = SPELLINGS.find((candidate) => candidate === spelling);
  if (spelling !== undefined && spelled === undefined)
    throw new RangeError(`spelling must be one of ${SPELLINGS.join(', ')}`);
  const values = objectOf(given);
  return {
    type: known,
    ...(spelled === undefined ? {} : { spelling: spelled }),
    ...(typeof name === 'string' ? { name } : {}),
    ...(values === undefined ? {} : { arguments: values }),
    ...(typeof timeoutMs === 'number' && timeoutMs > 0 ? { timeoutMs } : {}),
  };
}

function decodeNumbers(fields: Fields, names: readonly string[]): Readonly<Record<string, number>> {
  const numbers: Record<string, number> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (!names.includes(name)) throw new RangeError(`${name} does not exist`);
    if (typeof value !== 'number') throw new RangeError(`${name} must be a number`);
    numbers[name] = value;
  }
  return numbers;
}

function lookUp<Value>(table: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
