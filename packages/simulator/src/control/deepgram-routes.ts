import type { HttpReply, HttpRequest } from '../http/http-request.ts';
import type { SimulatedDeepgram, Simulator } from '../simulator-contract.ts';
import { respond } from './respond.ts';
import type { Fields } from './respond.ts';

const ROUTES: Readonly<Record<string, (fields: Fields, deepgram: SimulatedDeepgram) => HttpReply>> = {
  'PUT /deepgram/behaviour'(fields, deepgram) {
    deepgram.setBehaviour(fields);
    return { status: 204 };
  },
  'GET /deepgram/sessions': (_, deepgram) => ({ status: 200, body: deepgram.sessions() }),
  'POST /deepgram/cut'({ session, ...others }, deepgram) {
    const [unknown] = Object.keys(others);
    if (unknown !== undefined) throw new RangeError(`${unknown}: unknown field`);
    if (session !== undefined && typeof session !== 'string')
      throw new RangeError('session: expected a string');
    return { status: 200, body: { cut: deepgram.cut(session) } };
  },
};

/** Handles a request about the simulated Deepgram. Returns undefined for any other. */
export function handleDeepgramRequest(
  { method, body }: HttpRequest,
  path: string,
  { deepgram }: Simulator,
): HttpReply | undefined {
  const key = `${method} ${path}`;
  const route = Object.hasOwn(ROUTES, key) ? ROUTES[key] : undefined;
  if (route === undefined) return undefined;
  return respond(body || '{}', (fields) => route(fields, deepgram));
}
