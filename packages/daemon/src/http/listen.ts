/** `/calls/{id}/listen`: a WebSocket that plays a live call. It has no way to send anything to the call. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { isFault, messageOf, type CallId, type Logger } from '@sidetone/core';
import { WebSocketServer, type WebSocket } from 'ws';
import type { ListeningService } from '../listening/listening-service.ts';
import type { ListenerOutlet } from '../listening/listener.ts';
import { requireScope } from '../access/scopes.ts';
import type { Gate } from './gate.ts';
import { refuse } from './ingress.ts';
import { statusOf } from './reply.ts';

export const LISTEN_PATH = /^\/calls\/([^/]+)\/listen$/;

/** Nothing is expected from a listener, so nothing large is read. */
const MAX_MESSAGE_BYTES = 1024;
/** How long a listener may take for the closing handshake, ms. */
const CLOSE_TIMEOUT_MS = 2000;
/** Whoever speaks believes to be heard: they are told that they are not. RFC 6455: a policy violation. */
const NOT_HEARD = 1008;

export interface ListenEndpointDeps {
  readonly listening: Pick<ListeningService, 'check' | 'join' | 'close'>;
  readonly gate: Pick<Gate, 'checkSender' | 'socketViewer'>;
  readonly log: Logger;
}

export interface ListenEndpoint {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, url: URL): void;
  /** Sends every listener away. */
  close(): void;
}

export function createListenEndpoint({ listening, gate, log }: ListenEndpointDeps): ListenEndpoint {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
  });

  function admit(request: IncomingMessage, callId: CallId): string {
    gate.checkSender(request);
    const viewer = gate.socketViewer(request);
    requireScope(viewer, 'LISTEN', 'this address');
    listening.check(callId);
    return viewer.name;
  }

  function play(ws: WebSocket, callId: CallId, by: string): void {
    ws.on('error', () => ws.terminate());
    let leave: () => void;
    try {
      leave = listening.join(callId, by, outletOf(ws));
    } catch (error) {
      // It was admitted, and the call ended in between.
      log.debug('a listener came too late', { callId, code: isFault(error) ? error.code : 'INTERNAL' });
      return ws.close(NOT_HEARD, 'the call is over');
    }
    ws.on('close', leave);
    ws.on('message', () => ws.close(NOT_HEARD, 'this socket only listens'));
  }

  return {
    upgrade(request, socket, head, url) {
      const callId = LISTEN_PATH.exec(url.pathname)?.[1] as CallId;
      let by: string;
      try {
        by = admit(request, callId);
      } catch (error) {
        if (!isFault(error)) log.error('a listener was not taken', { reason: messageOf(error), error });
        return refuse(socket, statusOf(error));
      }
      sockets.handleUpgrade(request, socket, head, (ws) => play(ws, callId, by));
    },
    close() {
      listening.close();
      for (const ws of sockets.clients) setTimeout(() => ws.terminate(), CLOSE_TIMEOUT_MS).unref();
      sockets.close();
    },
  };
}

function outletOf(ws: WebSocket): ListenerOutlet {
  return {
    send: (message, done) => ws.send(message, () => done()),
    close(code, reason) {
      ws.close(code, reason);
      setTimeout(() => ws.terminate(), CLOSE_TIMEOUT_MS).unref();
    },
    cut: () => ws.terminate(),
  };
}
