// Between the control URL and the call: who may come in, and everything that can happen to a command before, after
// or instead of being executed.

import type { HttpReply, HttpRequest } from '../../http/http-request.ts';
import { jsonObject } from '../../http/http-request.ts';
import type { VapiCall } from '../call.ts';
import { decodeCommand } from './commands.ts';

/** What one call's doors have done so far. */
export interface ControlDoor {
  /** How many commands were answered with a failure. */
  failures: number;
  /** How many handshakes of listeners were refused. */
  refusals: number;
}

/** Nothing has happened yet. */
export function createControlDoor(): ControlDoor {
  return { failures: 0, refusals: 0 };
}

/** Each answer closes its connection, as was seen. */
const CLOSING = { connection: 'close' };

/** Answers a request to the control URL of a call, or of one that is not there. */
export function answerControl(
  call: VapiCall | undefined,
  { body, headers }: HttpRequest,
  publicKey: string,
): HttpReply {
  if (call === undefined) return refusal(400, { message: 'Call not active' });
  const { dials, door } = call;
  if (dials.controlAuthenticationEnabled && headers.authorization !== `Bearer ${publicKey}`) {
    return refusal(401, { message: 'Unauthorized', statusCode: 401 });
  }
  if (!call.active || !dials.controlEnabled) return refusal(400, { message: 'Call not active' });
  if (dials.controlRedirect !== '')
    return { status: 302, headers: { ...CLOSING, location: dials.controlRedirect } };
  if (door.failures < dials.controlFailures) {
    door.failures += 1;
    return refusal(dials.controlFailureStatus, { message: 'Try again later' });
  }
  if (dials.controlDrop === 'before') return { status: 0, drop: true };
  const hang = dials.controlHangMs > 0 ? { delayMs: dials.controlHangMs } : {};
  const isIgnored = dials.controlHangMs > 0 && !dials.controlHangExecutes;
  const reply = isIgnored ? accepted(dials.controlStatus) : execute(call, body);
  if (dials.controlDrop === 'after') return { status: 0, drop: true };
  return { ...reply, ...hang };
}

function execute(call: VapiCall, body: string): HttpReply {
  const command = decodeCommand(body);
  if (typeof command === 'string') {
    return refusal(400, { message: [command], error: 'Bad Request', statusCode: 400 });
  }
  if (call.obey(command, jsonObject(body))) return accepted(call.dials.controlStatus);
  return refusal(429, { message: 'Too many messages wait to be spoken', statusCode: 429 });
}

function accepted(status: number): HttpReply {
  return { status, headers: CLOSING, ...(status === 204 ? {} : { body: {} }) };
}

function refusal(status: number, body: object): HttpReply {
  return { status, headers: CLOSING, body };
}
