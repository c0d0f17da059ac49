/** `POST /calls/{id}/control`: control of a live call for programs that do not use GraphQL. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  FaultError,
  FAULTS,
  isFault,
  messageOf,
  type CallId,
  type FaultCode,
  type Logger,
} from '@sidetone/core';
import { isJsonTooDeep, MAX_JSON_DEPTH } from '@sidetone/plugin-kit';
import { requireScope } from '../access/scopes.ts';
import type { CommandOutcome } from '../commands/command-outcome.ts';
import type { CallServices } from '../mutations/here.ts';
import { checkKey } from '../commands/input-checks.ts';
import { isJson } from './limits/body.ts';
import { parseControl } from './control-bodies.ts';
import type { Gate } from './gate.ts';
import type { Rejections } from './rejections.ts';
import type { RequestBodies } from './limits/request-bodies.ts';
import { sendJson, setFailureHeaders, statusOf } from './reply.ts';

interface ControlEndpointDeps {
  readonly gate: Gate;
  readonly commands: Pick<CallServices['commands'], 'run'>;
  readonly log: Logger;
  /** Creates the id that is part of an error response and of its log entry. */
  readonly newId: () => string;
  readonly requestBytes: number;
  readonly bodies: RequestBodies;
  readonly rejections: Pick<Rejections, 'report'>;
}

export interface ControlEndpoint {
  request(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void>;
}

export const CONTROL_PATH = /^\/calls\/([^/]+)\/control$/;

export function createControlEndpoint(deps: ControlEndpointDeps): ControlEndpoint {
  const { gate, commands, log } = deps;

  async function run(request: IncomingMessage, response: ServerResponse, url: URL): Promise<CommandOutcome> {
    const viewer = gate.viewer(request);
    requireScope(viewer, 'CONTROL', 'this endpoint');
    const callId = CONTROL_PATH.exec(url.pathname)?.[1] as CallId;
    const key = request.headers['idempotency-key']?.toString();
    if (key !== undefined) checkKey('Idempotency-Key', key);
    const { name, args } = parseControl(await readJson(request, response));
    return commands.run(name, callId, args, viewer.name, key);
  }

  async function readJson(request: IncomingMessage, response: ServerResponse): Promise<unknown> {
    const body = await deps.bodies.read(request, response, {
      limit: deps.requestBytes,
      limitName: 'limits.requestBytes',
    });
    try {
      const text = new TextDecoder('utf-8', { fatal: true }).decode(body);
      if (isJsonTooDeep(text)) throw new Error('nested too deep');
      return JSON.parse(text) as unknown;
    } catch (cause) {
      throw new FaultError(
        'INPUT_INVALID',
        `body: expected JSON of at most ${MAX_JSON_DEPTH} levels, without comments and trailing commas`,
        {
          cause,
          details: { argument: 'body' },
        },
      );
    }
  }

  function sendError(response: ServerResponse, error: unknown): void {
    if (response.headersSent || response.destroyed) return;
    if (!isFault(error)) {
      const id = deps.newId();
      log.error('control request failed with an unexpected error', { id, reason: messageOf(error), error });
      return sendJson(response, 500, { code: 'INTERNAL', message: 'internal server error', id });
    }
    setFailureHeaders(response, error);
    const { code, message, details } = error;
    const argument = details['argument']?.toString().replace(/^input\./, '');
    sendJson(response, statusOf(error), {
      ...problem(code, message),
      ...details,
      ...(argument && { argument }),
    });
  }

  return {
    async request(request, response, url) {
      if (request.method !== 'POST') {
        response.setHeader('allow', 'POST');
        return sendJson(response, 405, problem('INPUT_INVALID', 'expected the method POST'));
      }
      if (!isJson(request)) {
        return sendJson(
          response,
          415,
          problem('INPUT_INVALID', 'expected the Content-Type application/json'),
        );
      }
      try {
        sendOutcome(response, await run(request, response, url));
      } catch (error) {
        if (!request.complete) response.setHeader('connection', 'close');
        sendError(response, deps.rejections.report(request, 'CONTROL', error));
        request.resume();
      }
    },
  };
}

function sendOutcome(response: ServerResponse, { command, failure }: CommandOutcome): void {
  const commandId = command && { commandId: command.id };
  if (!failure) return sendJson(response, 200, { status: command?.status, ...commandId });
  const { code, message } = failure;
  sendJson(response, statusOf(new FaultError(code, message)), { ...problem(code, message), ...commandId });
}

const problem = (code: FaultCode, message: string) => ({ code, message, remedy: FAULTS[code].remedy });
