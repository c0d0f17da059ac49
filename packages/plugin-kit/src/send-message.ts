/** Sends the message of a command on a socket. */
import { FaultError, type Socket } from '@sidetone/core';

/**
 * Resolves when the socket has accepted the message, which a peer that reads slowly delays.
 * @throws {FaultError} PROVIDER_UNREACHABLE if the connection breaks. PROVIDER_TIMEOUT if `signal` aborts first: the peer may
 *   still receive the message.
 */
export async function sendMessage(
  socket: Pick<Socket, 'send'>,
  message: string | Uint8Array,
  signal: AbortSignal,
): Promise<void> {
  let onAbort = (): void => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () =>
      reject(new FaultError('PROVIDER_TIMEOUT', 'the peer has not accepted the message in time'));
  });
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  const sent = socket.send(message).catch((cause: unknown) => {
    throw new FaultError('PROVIDER_UNREACHABLE', 'the connection broke', { cause });
  });
  try {
    await Promise.race([sent, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
