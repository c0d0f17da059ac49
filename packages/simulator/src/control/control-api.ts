// What a test that runs the simulator as a process can ask of it over HTTP. It is no part of either provider.

import { durationOf } from '../call/timeline.ts';
import { jsonObject } from '../http/http-request.ts';
import type { HttpReply, HttpRequest } from '../http/http-request.ts';
import type { Script } from '../speech/library.ts';
import type { Simulator, StartCall, Targets } from '../simulator-contract.ts';
import { handleDeepgramRequest } from './deepgram-routes.ts';
import { handleVapiRequest } from './vapi-routes.ts';
import { handleVobizRequest } from './vobiz-routes.ts';

const TARGETS = ['vapiWebhook', 'vapiWebhookSecret', 'vobizAnswer', 'vobizHangup'] as const;

/** Answers a request to the control surface. `path` comes without the surface's own path. */
export function handleControlRequest(request: HttpRequest, path: string, simulator: Simulator): HttpReply {
  const { method, body } = request;
  if (method === 'GET' && path === '/scripts')
    return { status: 200, body: simulator.scripts.map(describeScript) };
  if (method === 'GET' && path === '/calls') return { status: 200, body: simulator.calls() };
  if (method === 'POST' && path === '/calls') return startCall(body, simulator);
  if (method === 'PUT' && path === '/targets') return setTargets(body, simulator);
  const [, id, hangUp] = /^\/calls\/([^/]+)(\/hangup)?$/.exec(path) ?? [];
  const call = id === undefined ? undefined : simulator.call(id);
  if (call !== undefined && method === 'GET' && hangUp === undefined)
    return { status: 200, body: call.state() };
  if (call !== undefined && method === 'POST' && hangUp !== undefined) {
    call.hangUp();
    return { status: 202, body: call.state() };
  }
  const reply =
    handleVapiRequest(request, path, simulator) ??
    handleVobizRequest(request, path, simulator) ??
    handleDeepgramRequest(request, path, simulator);
  return reply ?? { status: 404, body: { error: 'there is no such thing here' } };
}

function startCall(body: string, simulator: Simulator): HttpReply {
  const fields = jsonObject(body);
  if (fields === undefined) return invalid('the body must be a JSON object');
  const { provider, script, behaviour = {}, ...others } = fields;
  if (provider !== 'vapi' && provider !== 'vobiz') return invalid('provider must be vapi or vobiz');
  if (script !== undefined && typeof script !== 'string') return invalid('script must be a string');
  if (typeof behaviour !== 'object' || behaviour === null) return invalid('behaviour must be an object');
  const unknown = Object.keys(others)[0];
  if (unknown !== undefined) return invalid(`${unknown} does not exist`);
  try {
    const call: StartCall = { provider, behaviour, ...(script === undefined ? {} : { script }) };
    return { status: 201, body: { id: simulator.startCall(call).id } };
  } catch (error) {
    if (error instanceof RangeError) return invalid(error.message);
    throw error;
  }
}

function setTargets(body: string, simulator: Simulator): HttpReply {
  const fields = jsonObject(body);
  if (fields === undefined) return invalid('the body must be a JSON object');
  const targets: Record<string, string> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (!TARGETS.some((target) => target === name)) return invalid(`${name} does not exist`);
    if (typeof value !== 'string') return invalid(`${name} must be a string`);
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

function invalid(error: string): HttpReply {
  return { status: 400, body: { error } };
}
