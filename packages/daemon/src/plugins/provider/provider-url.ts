/** The URLs of the ingress of a provider. */
import type { ProviderId } from '@sidetone/core';

/** Returns the URL of a path of an instance's ingress. */
export function urlOfProvider(
  id: ProviderId,
  path: string,
  publicUrl: URL,
  scheme: 'http' | 'ws' = 'http',
): URL {
  const url = new URL(`providers/${id}/${path}`, publicUrl);
  return scheme === 'ws' ? new URL(url.href.replace(/^http/, 'ws')) : url;
}
