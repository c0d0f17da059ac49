// The control API, for tests that run the simulator as a process. It is not part of any provider's API.

import { durationOf } from '../call/timeline.ts';
import type { HttpReply, HttpRequest } from '../http/http-request.ts';
import type { Script } from '../speech/library.ts';
import type { Simulator, StartCall, Targets } from '../simulator-contract.ts';
import { handleDeepgramRequest } from './deepgram-routes.ts';
import { respond } from './respond.ts';
import type { Fields } from './respond.ts';
import { handleVapiRequest } from './vapi-routes.ts';
import { handleVobizRequest } from './vobiz-routes.ts';

const TARGETS = ['vapiWebhook', 'vapiWebhookSecret', 'vobizAnswer', 'vobizHangup'] as const;

/** Handles a request. `path` is relative to the base path of the control API. */
export function handleControlRequest(request: HttpRequest, path: string, simulator: Simulator): HttpReply {
  const { method, body } = request;
  if (method === 'GET' && path === '/scripts')
    return { status: 200, body: simulator.scripts.map(describeScript) };
  if (method === 'GET' && path === '/calls') return { status: 200, body: simulator.calls() };
  if (method === 'POST' && path === '/calls') return respond(body, (fields) => startCall(fields, simulator));
  if (method === 'PUT' && path === '/targets')
    return respond(body, (fields) => setTargets(fields, simulator));
  const reply =
    handleCallRequest(request, path, simulator) ??
    handleVapiRequest(request, path, simulator) ??
    handleVobizRequest(request, path, simulator) ??
    handleDeepgramRequest(request, path, simulator);
  return reply ?? { status: 404, body: { error: 'not found' } };
}

/** Handles a request about a call of any provider. Returns undefined for any other. */
function handleCallRequest(
  { method, body }: HttpRequest,
  path: string,
  simulator: Simulator,
): HttpReply | undefined {
  const [, id, action = ''] = /^\/calls\/([^/]+)(?:\/([a-z]+))?$/.exec(path) ?? [];
  const call = id === undefined ? undefined : simulator.call(id);
  if (call === undefined) return undefined;
  const accepted = (): HttpReply => ({ status: 202, body: call.state() });
  if (method === 'GET' && action === '') return { status: 200, body: call.state() };
  if (method !== 'POST') return undefined;
  if (action === 'hangup') {
    call.hangUp();
    return accepted();
  }
  if (action !== 'converse') return undefined;
  return respond(body, ({ script: name }) => {
    const script = simulator.scripts.find((candidate) => candidate.name === name);
    if (script === undefined) throw new RangeError(`script: unknown script "${String(name)}"`);
    call.converse(script);
    return accepted();
  });
}

function startCall(fields: Fields, simulator: Simulator): HttpReply {
  const { provider, script, behaviour = {}, ...others } = fields;
  if (provider !== 'vapi' && provider !== 'vobiz') throw new RangeError('provider: expected vapi or vobiz');
  if (script !== undefined && typeof script !== 'string') throw new RangeError('script: expected a string');
  if (typeof behaviour !== 'object' || behaviour === null)
    throw new RangeError('behaviour: expected an object');
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw new RangeError(`${unknown}: unknown field`);
  const call: StartCall = { provider, behaviour, ...(script === undefined ? {} : { script }) };
  return { status: 201, body: { id: simulator.startCall(call).id } };
}

function setTargets(fields: Fields, simulator: Simulator): HttpReply {
  const targets: Record<string, string> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (!TARGETS.some((target) => target === name)) throw new RangeError(`${name}: unknown target`);
    if (typeof value !== 'string') throw new RangeError(`${name}: expected a string`);
    targets[name] = value;
  }
  simulator.pointAt(targets satisfies Targets);
  return { status: 204 };
}

function describeScript({ name, title, direction, turns }: Script): object {
  return {
    name,
    title,
    direction,
    turns: turns.map(({ speaker, text, samples, cutsIn }) => ({
      speaker,
      text,
      durationMs: durationOf(samples),
      cutsIn,
    })),
  };
}
