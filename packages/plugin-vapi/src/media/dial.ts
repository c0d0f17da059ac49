/** Opens the WebSockets of a call. */
import { isFault, type ProviderCallId, type ProviderHost, type Secret, type Socket } from '@sidetone/core';

/** Timeout of a dial, ms: the socket of a call that has just ended may neither open nor be rejected. */
export const CONNECT_TIMEOUT_MS = 8000;

interface CallDial {
  readonly providerCallId: ProviderCallId;
  readonly url: URL;
  /** Sent as a bearer token. */
  readonly credential: Secret | undefined;
  readonly maxMessageBytes: number;
  readonly signal: AbortSignal;
  /** The log message of a failure. */
  readonly failure: string;
}

/** Opens a socket of a call; undefined if it fails, which is logged. */
export async function dialCall(
  host: Pick<ProviderHost, 'dial' | 'clock' | 'log'>,
  { providerCallId, url, credential, maxMessageBytes, signal, failure }: CallDial,
): Promise<Socket | undefined> {
  const timeout = new AbortController();
  const cancelTimeout = host.clock.schedule(CONNECT_TIMEOUT_MS, () => timeout.abort());
  try {
    return await host.dial(url, {
      signal: AbortSignal.any([signal, timeout.signal]),
      maxMessageBytes,
      ...(credential && { headers: { authorization: `Bearer ${credential.reveal()}` } }),
    });
  } catch (error) {
    // Only the code is logged: the message could contain the URL.
    host.log.debug(failure, { providerCallId, code: isFault(error) ? error.code : 'UNKNOWN' });
    return undefined;
  } finally {
    cancelTimeout();
  }
}
