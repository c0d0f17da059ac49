/** A socket as an instance of a plugin sees it: closed at the latest with its lease, and its listeners may throw. */
import type { Socket } from '@sidetone/core';
import type { Lease } from '../supervision/lease.ts';

/** The closing code for a socket whose end goes away. */
const GOING_AWAY = 1001;

export function leaseSocket(socket: Socket, lease: Lease): Socket {
  let onClose: Parameters<Socket['onClose']>[0] = () => undefined;
  const forget = lease.hold(() => socket.close(GOING_AWAY, 'the provider stopped'));
  socket.onClose((code, reason) => {
    forget();
    lease.run('a listener of a socket', () => onClose(code, reason));
  });
  return {
    send: (message) => socket.send(message),
    close: (code, reason) => socket.close(code, reason),
    onMessage: (listener) =>
      socket.onMessage((message) => {
        if (!lease.isOver) lease.run('a listener of a socket', () => listener(message));
      }),
    onClose: (listener) => void (onClose = listener),
  };
}
