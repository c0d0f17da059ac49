import type { HttpReply, HttpRequest } from '../http/http-request.ts';
import type { Simulator } from '../simulator-contract.ts';
import { respond } from './respond.ts';
import type { Fields } from './respond.ts';
import { decodeTone } from '../call/tone-request.ts';
import type { VapiCall } from '../vapi/call/call-contract.ts';
import { objectOf } from '../vapi/control/commands.ts';
import { decodeCredential } from '../vapi/webhook/credential.ts';
import { REQUEST_TYPES } from '../vapi/webhook/server-requests.ts';
import type { ServerRequest } from '../vapi/webhook/server-requests.ts';

const SPELLINGS = ['string', 'object', 'documentation'] as const;
const RECIPIENTS = ['webhook', 'sockets', 'all'] as const;

const CLOUD_ROUTES: Readonly<Record<string, (fields: Fields, simulator: Simulator) => HttpReply>> = {
  'POST /history'(fields, { vapi }) {
    const { count, days, seed } = decodeNumbers(fields, ['count', 'days', 'seed']);
    if (count === undefined) throw new RangeError('count: expected a number');
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
    const content = objectOf(message);
    const type = content?.['type'];
    if (content === undefined || typeof type !== 'string')
      throw new RangeError('message: expected an object with a type');
    const recipient = RECIPIENTS.find((known) => known === to);
    if (recipient === undefined) throw new RangeError(`to: expected one of ${RECIPIENTS.join(', ')}`);
    call.send({ ...content, type }, recipient);
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

/** Handles a request about the simulated Vapi. Returns undefined for any other. */
export function handleVapiRequest(
  { method, body }: HttpRequest,
  path: string,
  simulator: Simulator,
): HttpReply | undefined {
  const cloudRoute = lookUp(CLOUD_ROUTES, `${method} ${path}`);
  if (cloudRoute !== undefined) return respond(body || '{}', (fields) => cloudRoute(fields, simulator));
  const [, id = '', action] = /^\/calls\/([^/]+)\/([a-z]+)$/.exec(path) ?? [];
  const callRoute = lookUp(CALL_ROUTES, `${method} ${action}`);
  const call = simulator.vapi.call(id);
  if (callRoute === undefined || call === undefined) return undefined;
  return respond(body || '{}', (fields) => callRoute(fields, call));
}

function decodeServerRequest(fields: Fields): ServerRequest {
  const { type, spelling, name, arguments: given, timeoutMs } = fields;
  const known = REQUEST_TYPES.find((candidate) => candidate === type);
  if (known === undefined) throw new RangeError(`type: expected one of ${REQUEST_TYPES.join(', ')}`);
  const spelled = SPELLINGS.find((candidate) => candidate === spelling);
  if (spelling !== undefined && spelled === undefined)
    throw new RangeError(`spelling: expected one of ${SPELLINGS.join(', ')}`);
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
    if (!names.includes(name)) throw new RangeError(`${name}: unknown field`);
    if (typeof value !== 'number') throw new RangeError(`${name}: expected a number`);
    numbers[name] = value;
  }
  return numbers;
}

function lookUp<Value>(table: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
