/** The one question asked over HTTP: whether the service is there, and takes the key. */
import { requestProvider, faultOfResponse } from '@sidetone/plugin-kit';
import { FaultError, type Secret, type TranscriberHost } from '@sidetone/core';
import { credentialsUrl } from '../connection/address.ts';

/** How long the answer is waited for, ms. */
export const CHECK_TIMEOUT_MS = 5000;

/** Asks whether the key is good. @throws {FaultError} when it is not, or the service cannot be asked. */
export async function checkCredentials(
  host: Pick<TranscriberHost, 'fetch' | 'clock'>,
  base: URL,
  apiKey: Secret,
  signal: AbortSignal,
): Promise<void> {
  const reply = await requestProvider(host, {
    method: 'GET',
    url: credentialsUrl(base),
    headers: { authorization: `Token ${apiKey.reveal()}` },
    timeoutMs: CHECK_TIMEOUT_MS,
    signal,
  });
  if (reply.status === 401 || reply.status === 403) {
    throw new FaultError('PROVIDER_REFUSED', 'Deepgram does not accept the API key', {
      details: { status: reply.status },
    });
  }
  // A service of one's own may have no such address, and is there all the same.
  if (reply.status >= 300 && reply.status !== 404) throw faultOfResponse(reply, 'Deepgram');
}
