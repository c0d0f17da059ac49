import type { HttpReply, HttpRequest } from '../http/http-request.ts';
import type { Simulator } from '../simulator-contract.ts';
import { respond } from './respond.ts';
import type { Fields } from './respond.ts';
import { decodeTone } from '../call/tone-request.ts';
import type { VobizCall } from '../vobiz/call/call-contract.ts';

const DIGITS = /^[0-9*#A-D]{1,100}$/;

const CALL_ROUTES: Readonly<Record<string, (fields: Fields, call: VobizCall) => HttpReply>> = {
  'PUT behaviour'(fields, call) {
    call.setBehaviour(fields);
    return { status: 204 };
  },
  'POST dtmf'({ digits }, call) {
    if (typeof digits !== 'string' || !DIGITS.test(digits))
      throw new RangeError('digits: expected 1 to 100 characters of 0-9, *, # and A-D');
    call.press(digits);
    return { status: 202, body: call.state() };
  },
  'POST tone'(fields, call) {
    call.tone(decodeTone(fields));
    return { status: 202, body: call.state() };
  },
  'GET heard': (_, call) => ({
    status: 200,
    headers: { 'content-type': 'application/octet-stream' },
    body: call.heard(),
  }),
};

/** Handles a request about the simulated Vobiz. Returns undefined for any other. */
export function handleVobizRequest(
  { method, body }: HttpRequest,
  path: string,
  { vobiz }: Simulator,
): HttpReply | undefined {
  if (method === 'PUT' && path === '/vobiz/behaviour') {
    return respond(body || '{}', (fields) => {
      vobiz.setBehaviour(fields);
      return { status: 204 };
    });
  }
  const [, id = '', action] = /^\/calls\/([^/]+)\/([a-z]+)$/.exec(path) ?? [];
  const key = `${method} ${action}`;
  const route = Object.hasOwn(CALL_ROUTES, key) ? CALL_ROUTES[key] : undefined;
  const call = vobiz.call(id);
  if (route === undefined || call === undefined) return undefined;
  return respond(body || '{}', (fields) => route(fields, call));
}
