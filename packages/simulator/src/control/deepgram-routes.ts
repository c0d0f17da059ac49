// The part of the control surface that knows about the fake Deepgram alone.

import { jsonObject } from '../http/http-request.ts';
import type { HttpReply, HttpRequest } from '../http/http-request.ts';
import type { SimulatedDeepgram, Simulator } from '../simulator-contract.ts';

type Fields = Readonly<Record<string, unknown>>;

const ROUTES: Readonly<Record<string, (fields: Fields, deepgram: SimulatedDeepgram) => HttpReply>> = {
  'PUT /deepgram/behaviour'(fields, deepgram) {
    deepgram.setBehaviour(fields);
    return { status: 204 };
  },
  'GET /deepgram/sessions': (_, deepgram) => ({ status: 200, body: deepgram.sessions() }),
  'POST /deepgram/cut'({ session, ...others }, deepgram) {
    const [unknown] = Object.keys(others);
    if (unknown !== undefined) throw new RangeError(`${unknown} does not exist`);
    if (session !== undefined && typeof session !== 'string')
      throw new RangeError('session must be a string');
    return { status: 200, body: { cut: deepgram.cut(session) } };
  },
};

/** Answers what only the fake Deepgram can; undefined for anything else. */
export function handleDeepgramRequest(
  { method, body }: HttpRequest,
  path: string,
  { deepgram }: Simulator,
): HttpReply | undefined {
  const key = `${method} ${path}`;
  const route = Object.hasOwn(ROUTES, key) ? ROUTES[key] : undefined;
  if (route === undefined) return undefined;
  const fields = jsonObject(body === '' ? '{}' : body);
  if (fields === undefined) return { status: 400, body: { error: 'the body must be a JSON object' } };
  try {
    return route(fields, deepgram);
  } catch (error) {
    if (error instanceof RangeError) return { status: 400, body: { error: error.message } };
    throw error;
  }
}
