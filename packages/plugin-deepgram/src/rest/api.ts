/** The health check: whether the service can be reached and accepts the API key. */
import { requestProvider, faultOfResponse } from '@sidetone/plugin-kit';
import { FaultError, type Secret, type TranscriberHost } from '@sidetone/core';
import { credentialsUrl } from '../connection/urls.ts';

/** Timeout of the check, ms. */
export const CHECK_TIMEOUT_MS = 5000;

/**
 * Checks the API key.
 * @throws {FaultError} PROVIDER_REFUSED if it is rejected, or another one if the service cannot be reached.
 */
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
    throw new FaultError('PROVIDER_REFUSED', 'Deepgram rejected the API key', {
      details: { status: reply.status },
    });
  }
  // A self-hosted service may not have this URL.
  if (reply.status >= 300 && reply.status !== 404) throw faultOfResponse(reply, 'Deepgram');
}
