/** Records the requests and sockets of a plugin to its provider. */
import { isFault, messageOf, type PluginHost } from '@sidetone/core';
import { SWITCHING_PROTOCOLS, type RecentRequests } from './recent-requests.ts';
import { safeAddress } from './safe-text.ts';

type Access = Pick<PluginHost, 'fetch' | 'dial'>;

export function recordAccess({ fetch, dial }: Access, requests: Pick<RecentRequests, 'begin'>): Access {
  return {
    async fetch(input, init) {
      const { url, method } = input instanceof Request ? input : { url: String(input), method: 'GET' };
      const open = requests.begin({
        direction: 'SENT',
        kind: 'REQUEST',
        method: init?.method ?? method,
        path: URL.canParse(url) ? safeAddress(new URL(url)) : '',
      });
      const { body } = init ?? {};
      if (typeof body === 'string')
        open.body(Buffer.from(body), new Headers(init?.headers).get('content-type') ?? undefined);
      try {
        const response = await fetch(input, init);
        open.end({ status: response.status });
        return response;
      } catch (error) {
        open.end(failureOf(error));
        throw error;
      }
    },
    async dial(url, options) {
      const open = requests.begin({
        direction: 'SENT',
        kind: 'SOCKET',
        method: 'GET',
        path: safeAddress(url),
      });
      try {
        const socket = await dial(url, options);
        open.end({ status: SWITCHING_PROTOCOLS });
        socket.onClose((closeCode, reason) => open.end({ closeCode, ...(reason !== '' && { reason }) }));
        return socket;
      } catch (error) {
        open.end(failureOf(error));
        throw error;
      }
    },
  };
}

/** The error of a request that was not answered, or of a handshake that was rejected. */
function failureOf(error: unknown) {
  if (isFault(error)) {
    const { status } = error.details;
    return { code: error.code, reason: error.message, ...(typeof status === 'number' && { status }) };
  }
  const { name, cause } = error as { readonly name?: string; readonly cause?: unknown };
  const isTimeout = name === 'TimeoutError' || name === 'AbortError';
  return {
    code: isTimeout ? ('PROVIDER_TIMEOUT' as const) : ('PROVIDER_UNREACHABLE' as const),
    reason: messageOf(cause ?? error),
  };
}
