/** `/calls/{id}/listen`: a WebSocket with the live audio of a call. It is receive-only for clients. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { isFault, messageOf, type CallId, type Logger } from '@sidetone/core';
import type { WebSocket } from 'ws';
import type { ListeningService } from '../listening/listening-service.ts';
import type { ListenerSocket } from '../listening/listener.ts';
import type { Gate } from './gate.ts';
import type { Connections } from './limits/connections.ts';
import type { MediaAccess, MediaRequester } from './media-access.ts';
import type { Rejections } from './rejections.ts';
import { rejectUpgrade, statusOf } from './reply.ts';
import { createSocketServer, endOf } from './socket-server.ts';

export const LISTEN_PATH = /^\/calls\/([^/]+)\/listen$/;

/** The maximum size of a message, bytes. It exceeds a second of audio, so a client that tries to talk gets the right close code. */
const MAX_MESSAGE_BYTES = 65_536;
/** The time limit of the closing handshake, ms. */
const CLOSE_TIMEOUT_MS = 2000;
/** The close code for a client that sends a message, so that no user believes that the call receives it. */
const POLICY_VIOLATION = 1008;

interface ListenEndpointDeps {
  readonly listening: Pick<ListeningService, 'check' | 'join' | 'close'>;
  /** Loads a call into memory; undefined if there is nothing to load. */
  readonly ready: (callId: CallId) => Promise<void> | undefined;
  readonly access: MediaAccess;
  readonly rejections: Pick<Rejections, 'report'>;
  readonly outputs: Pick<Connections, 'assign'>;
  readonly gate: Pick<Gate, 'clientOf'>;
  readonly log: Logger;
}

export interface ListenEndpoint {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, url: URL): void;
  /** Disconnects all listeners. */
  close(): void;
}

export function createListenEndpoint({
  listening,
  ready,
  access,
  rejections,
  outputs,
  gate,
  log,
}: ListenEndpointDeps): ListenEndpoint {
  const sockets = createSocketServer({
    maxPayload: MAX_MESSAGE_BYTES,
  });

  function rejectSocket(request: IncomingMessage, socket: Duplex, error: unknown): void {
    if (!isFault(error))
      log.error('listener rejected because of an unexpected error', { reason: messageOf(error), error });
    rejectUpgrade(socket, statusOf(rejections.report(request, 'LISTEN', error)));
  }

  function serve(ws: WebSocket, callId: CallId, { viewer, isByLink }: MediaRequester): void {
    ws.on('error', () => ws.terminate());
    let leave: () => void;
    try {
      leave = listening.join(callId, viewer.name, listenerSocketOf(ws), isByLink);
    } catch (error) {
      // The call ended, or the limit was reached, during the handshake.
      log.debug('listener rejected after the handshake', {
        callId,
        code: isFault(error) ? error.code : 'INTERNAL',
      });
      return ws.close(POLICY_VIOLATION, 'the call has ended');
    }
    ws.on('close', leave);
    ws.on('message', () => ws.close(POLICY_VIOLATION, 'this socket is receive-only'));
  }

  return {
    upgrade(request, socket, head, url) {
      const callId = LISTEN_PATH.exec(url.pathname)?.[1] as CallId;
      const reject = (error: unknown): void => rejectSocket(request, socket, error);
      const accept = (requester: MediaRequester): void => {
        listening.check(callId);
        const client = gate.clientOf(request, requester.viewer);
        sockets.handleUpgrade(request, socket, head, (ws) => {
          outputs.assign(request, client, endOf(ws));
          serve(ws, callId, requester);
        });
      };
      try {
        const requester = access.requester(request, url);
        const loading = ready(callId);
        if (!loading) return accept(requester);
        // The client may leave while the call is loaded.
        socket.on('error', () => socket.destroy());
        loading.then(() => accept(requester)).catch(reject);
      } catch (error) {
        reject(error);
      }
    },
    close() {
      listening.close();
      for (const ws of sockets.clients) setTimeout(() => ws.terminate(), CLOSE_TIMEOUT_MS).unref();
      sockets.close();
    },
  };
}

function listenerSocketOf(ws: WebSocket): ListenerSocket {
  return {
    send: (message, done) => ws.send(message, () => done()),
    close(code, reason) {
      ws.close(code, reason);
      setTimeout(() => ws.terminate(), CLOSE_TIMEOUT_MS).unref();
    },
    terminate: () => ws.terminate(),
  };
}
