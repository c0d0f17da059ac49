// The control URL: authentication, injected faults, and the execution of commands.

import type { HttpReply, HttpRequest } from '../../http/http-request.ts';
import { jsonObject } from '../../http/http-request.ts';
import type { VapiCall } from '../call/call-contract.ts';
import { decodeCommand } from './commands.ts';

/** Each response closes its connection, as was observed. */
const CLOSING = { connection: 'close' };

/** Handles a request to the control URL of a call; undefined if there is no such call. */
export function handleControl(
  call: VapiCall | undefined,
  { body, headers }: HttpRequest,
  publicKey: string,
): HttpReply {
  if (call === undefined) return rejection(400, { message: 'Call not active' });
  const { behaviour, faultCounters } = call;
  if (behaviour.controlAuthenticationEnabled && headers.authorization !== `Bearer ${publicKey}`) {
    return rejection(401, { message: 'Unauthorized', statusCode: 401 });
  }
  if (!call.active || !behaviour.controlEnabled) return rejection(400, { message: 'Call not active' });
  if (behaviour.controlRedirect !== '')
    return { status: 302, headers: { ...CLOSING, location: behaviour.controlRedirect } };
  if (faultCounters.failedCommands < behaviour.controlFailures) {
    faultCounters.failedCommands += 1;
    if (behaviour.controlFailureExecutes) execute(call, body);
    return rejection(behaviour.controlFailureStatus, { message: 'Try again later' });
  }
  if (behaviour.controlDrop === 'before') return { status: 0, drop: true };
  const hang = behaviour.controlHangMs > 0 ? { delayMs: behaviour.controlHangMs } : {};
  const isIgnored = behaviour.controlHangMs > 0 && !behaviour.controlHangExecutes;
  const reply = isIgnored ? accepted(behaviour.controlStatus) : execute(call, body);
  if (behaviour.controlDrop === 'after') return { status: 0, drop: true };
  return { ...reply, ...hang };
}

function execute(call: VapiCall, body: string): HttpReply {
  const command = decodeCommand(body);
  if (typeof command === 'string') {
    return rejection(400, { message: [command], error: 'Bad Request', statusCode: 400 });
  }
  const reason = call.unsupportedReason(command);
  if (reason !== undefined) return rejection(400, { message: reason, error: 'Bad Request', statusCode: 400 });
  if (call.execute(command, jsonObject(body))) return accepted(call.behaviour.controlStatus);
  return rejection(429, { message: 'Too many messages are queued', statusCode: 429 });
}

function accepted(status: number): HttpReply {
  return { status, headers: CLOSING, ...(status === 204 ? {} : { body: {} }) };
}

function rejection(status: number, body: object): HttpReply {
  return { status, headers: CLOSING, body };
}
