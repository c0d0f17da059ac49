import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { VAPI_BEHAVIOUR, withDials } from '../behaviour.ts';
import type { VapiBehaviour } from '../behaviour.ts';
import { rememberCall } from '../call/call-list.ts';
import type { FrameClock } from '../call/frame-clock.ts';
import type { HttpReply, HttpRequest } from '../http/http-request.ts';
import type { Script, SpeechLibrary } from '../speech/library.ts';
import { createVapiCall } from './call.ts';
import type { VapiCall } from './call.ts';
import { decodeCommand } from './commands.ts';
import { answerRest } from './rest.ts';
import type { Webhook } from './webhook.ts';

/** What the fake Vapi needs. Functions are asked when a call starts, because they may change. */
export interface VapiCloudDeps {
  readonly speech: SpeechLibrary;
  readonly clock: FrameClock;
  readonly apiKey: string;
  readonly behaviour: Partial<VapiBehaviour>;
  readonly origin: () => string;
  readonly webhook: () => Webhook;
}

/** The fake Vapi. Whoever creates it closes it. */
export interface VapiCloud {
  readonly calls: readonly VapiCall[];
  start(script: Script, dials: object): VapiCall;
  rest(request: HttpRequest, path: string): HttpReply;
  control(callId: string, request: HttpRequest): HttpReply;
  upgrade(callId: string, request: IncomingMessage, socket: Duplex, head: Buffer): void;
  close(): void;
}

/** A Vapi without calls. */
export function createVapiCloud(deps: VapiCloudDeps): VapiCloud {
  const { speech, clock, apiKey } = deps;
  const behaviour = withDials(VAPI_BEHAVIOUR, deps.behaviour);
  const calls: VapiCall[] = [];
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  const find = (id: string): VapiCall | undefined => calls.find((call) => call.id === id);

  return {
    calls,
    start(script, dials) {
      const call = createVapiCall({
        origin: deps.origin(),
        script,
        speech,
        clock,
        behaviour: withDials(behaviour, dials),
        webhook: deps.webhook(),
      });
      rememberCall(calls, call);
      return call;
    },
    rest: (request, path) => answerRest(request, path, apiKey, calls),
    control(callId, request) {
      const headers = { connection: 'close' };
      const call = find(callId);
      if (call === undefined || !call.active)
        return { status: 400, headers, body: { message: 'Call not active' } };
      const command = decodeCommand(request.body);
      if (typeof command === 'string') {
        return { status: 400, headers, body: { message: [command], error: 'Bad Request', statusCode: 400 } };
      }
      if (call.obey(command)) return { status: 200, headers, body: {} };
      return {
        status: 429,
        headers,
        body: { message: 'Too many messages wait to be spoken', statusCode: 429 },
      };
    },
    upgrade(callId, request, socket, head) {
      const call = find(callId);
      if (call === undefined || !call.active) return refuse(socket, 400, 'Call not active');
      if (!call.hasRoom) return refuse(socket, 429, 'Too many listeners');
      sockets.handleUpgrade(request, socket, head, (accepted) => call.listen(accepted));
    },
    close() {
      for (const call of calls) call.close();
      sockets.close();
    },
  };
}

function refuse(socket: Duplex, status: number, message: string): void {
  const body = JSON.stringify({ message });
  const head = [
    `HTTP/1.1 ${status} ${status === 400 ? 'Bad Request' : 'Too Many Requests'}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
