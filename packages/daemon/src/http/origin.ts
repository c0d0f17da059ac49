/**
 * Who may speak to the GraphQL endpoint while there are no access tokens: programs on this machine, and pages that come
 * from it. A page from elsewhere in the operator's browser may not, whether it names us by address or by a name of its own.
 */
import type { IncomingMessage } from 'node:http';

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

export function isFromThisMachine({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  return isLoopbackHost(headers.host) && (headers.origin === undefined || isLoopbackOrigin(headers.origin));
}

function isLoopbackHost(host: string | undefined): boolean {
  return (
    host !== undefined && URL.canParse(`http://${host}`) && LOOPBACK.has(new URL(`http://${host}`).hostname)
  );
}

function isLoopbackOrigin(origin: string): boolean {
  return URL.canParse(origin) && LOOPBACK.has(new URL(origin).hostname);
}
