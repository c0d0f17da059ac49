/** Opens a socket to the service. */
import type { Secret, Socket, TranscriberHost } from '@sidetone/core';
import { errorOfDial, type ConnectionError } from './connection-errors.ts';

/** Timeout of a dial, ms. */
export const CONNECT_TIMEOUT_MS = 8000;
/** Largest message that is accepted, bytes: a minute of words is about 20 KB. */
const MAX_MESSAGE_BYTES = 1024 * 1024;

/** Opens a socket, or returns why it failed. Never rejects. */
export async function dialService(
  host: Pick<TranscriberHost, 'dial' | 'clock'>,
  url: URL,
  apiKey: Secret,
  signal: AbortSignal,
): Promise<Socket | ConnectionError> {
  const timeout = new AbortController();
  const cancelTimeout = host.clock.schedule(CONNECT_TIMEOUT_MS, () => timeout.abort());
  try {
    return await host.dial(url, {
      headers: { authorization: `Token ${apiKey.reveal()}` },
      signal: AbortSignal.any([signal, timeout.signal]),
      maxMessageBytes: MAX_MESSAGE_BYTES,
    });
  } catch (error) {
    return errorOfDial(error);
  } finally {
    cancelTimeout();
  }
}
