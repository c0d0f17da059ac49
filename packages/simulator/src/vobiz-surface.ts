// The part of the control surface that knows about the fake Vobiz alone.

import { jsonObject } from './http/http-request.ts';
import type { HttpReply, HttpRequest } from './http/http-request.ts';
import type { Simulator } from './simulator.ts';
import type { Tone, VobizCall } from './vobiz/call-contract.ts';

type Fields = Readonly<Record<string, unknown>>;

const KEYS = /^[0-9*#A-D]{1,100}$/;
const MAX_TONE_MS = 60_000;

const CALL_ROUTES: Readonly<Record<string, (fields: Fields, call: VobizCall) => HttpReply>> = {
  'PUT behaviour'(fields, call) {
    call.dial(fields);
    return { status: 204 };
  },
  'POST dtmf'({ digits }, call) {
    if (typeof digits !== 'string' || !KEYS.test(digits))
      throw new RangeError('digits must be from 1 to 100 of 0-9, *, # and A-D');
    call.press(digits);
    return { status: 202, body: call.state() };
  },
  'POST tone'(fields, call) {
    call.tone(toneOf(fields));
    return { status: 202, body: call.state() };
  },
  'GET heard': (_, call) => ({
    status: 200,
    headers: { 'content-type': 'application/octet-stream' },
    body: call.heard(),
  }),
};

/** Answers what only the fake Vobiz can; undefined for anything else. */
export function answerVobizSurface(
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
    vobiz.dial(fields);
    return { status: 204 };
  } catch (error) {
    if (error instanceof RangeError) return { status: 400, body: { error: error.message } };
    throw error;
  }
}

function toneOf({ track, hz, dbfs, ms }: Fields): Tone {
  if (track !== 'inbound' && track !== 'outbound') throw new RangeError('track must be inbound or outbound');
  return {
    track,
    hz: between('hz', hz, 20, 8_000),
    dbfs: between('dbfs', dbfs, -96, 0),
    ms: between('ms', ms, 1, MAX_TONE_MS),
  };
}

function between(name: string, value: unknown, from: number, to: number): number {
  if (typeof value !== 'number' || !(value >= from && value <= to))
    throw new RangeError(`${name} must be from ${from} to ${to}`);
  return value;
}
