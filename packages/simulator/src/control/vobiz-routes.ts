// The part of the control surface that knows about the fake Vobiz alone.

import { jsonObject } from '../http/http-request.ts';
import type { HttpReply, HttpRequest } from '../http/http-request.ts';
import type { Simulator } from '../simulator-contract.ts';
import { decodeTone } from '../call/tone-request.ts';
import type { VobizCall } from '../vobiz/call/call-contract.ts';

type Fields = Readonly<Record<string, unknown>>;

const KEYS = /^[0-9*#A-D]{1,100}$/;

const CALL_ROUTES: Readonly<Record<string, (fields: Fields, call: VobizCall) => HttpReply>> = {
  'PUT behaviour'(fields, call) {
    call.setBehaviour(fields);
    return { status: 204 };
  },
  'POST dtmf'({ digits }, call) {
    if (typeof digits !== 'string' || !KEYS.test(digits))
      throw new RangeError('digits must be from 1 to 100 of 0-9, *, # and A-D');
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

/** Answers what only the fake Vobiz can; undefined for anything else. */
export function handleVobizRequest(
  { method, body }: HttpRequest,
  path: string,
  { vobiz }: Simulator,
): HttpReply | undefined {
  const isCloud = method === 'PUT' && path === '/vobiz/behaviour';
  const [, id = '', action] = /^\/calls\/([^/]+)\/([a-z]+)$/.exec(path) ?? [];
  const key = `${method} ${action}`;
  const route = Object.hasOwn(CALL_ROUTES, key) ? CALL_ROUTES[key] : undefined;
  const call = route === undefined ? undefined : vobiz.call(id);
  if (!isCloud && call === undefined) return undefined;
  const fields = jsonObject(body === '' ? '{}' : body);
  if (fields === undefined) return { status: 400, body: { error: 'the body must be a JSON object' } };
  try {
    if (call !== undefined) return route?.(fields, call);
    vobiz.setBehaviour(fields);
    return { status: 204 };
  } catch (error) {
    if (error instanceof RangeError) return { status: 400, body: { error: error.message } };
    throw error;
  }
}
