/** Where a request comes from, by its Host and Origin headers. */
import type { IncomingMessage } from 'node:http';

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Whether `Host` names this machine, and not a name that somebody made point to it. */
export function isLoopbackHost(host: string | undefined): boolean {
  return (
    host !== undefined && URL.canParse(`http://${host}`) && LOOPBACK.has(new URL(`http://${host}`).hostname)
  );
}

export function isLoopbackOrigin(origin: string): boolean {
  return URL.canParse(origin) && LOOPBACK.has(new URL(origin).hostname);
}

/** Whether a page came from where it asks. */
export function isSameOrigin(origin: string, { headers }: Pick<IncomingMessage, 'headers'>): boolean {
  return URL.canParse(origin) && new URL(origin).host === headers.host;
}
