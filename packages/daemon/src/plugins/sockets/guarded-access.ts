/** Requests and WebSockets to addresses that a client supplied. All failures look the same to the plugin, and so to the client. */
import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { LookupFunction } from 'node:net';
import { Readable } from 'node:stream';
import { FaultError, messageOf, type GuardedAccess, type Logger } from '@sidetone/core';
import type { AddressGuard } from './address-guard.ts';
import { dial } from './dial.ts';

interface GuardedAccessDeps {
  readonly guard: AddressGuard;
  readonly log: Logger;
  readonly socketMessageBytes: number;
}

const REQUESTS: Readonly<Record<string, typeof requestHttp>> = {
  'http:': requestHttp,
  'https:': requestHttps,
};

/** Statuses whose response has no body. */
const WITHOUT_BODY: ReadonlySet<number> = new Set([204, 205, 304]);

export function createGuardedAccess({ guard, log, socketMessageBytes }: GuardedAccessDeps): GuardedAccess {
  /** Logs why an attempt failed, and replaces the error: it would tell which addresses and ports exist. */
  async function hideFailure<Result>(url: URL, attempt: () => Promise<Result>): Promise<Result> {
    try {
      return await attempt();
    } catch (error) {
      log.warn('connection to a supplied address failed', { host: url.host, reason: reasonOf(error) });
      throw new FaultError('PROVIDER_UNREACHABLE', 'the address cannot be reached');
    }
  }

  return {
    fetch: (url, { signal }) => hideFailure(url, () => get(url, guard.lookupFor(url), signal)),
    dial: (url, options) =>
      hideFailure(url, () => dial(url, options, socketMessageBytes, guard.lookupFor(url))),
  };
}

/** Sends a request on a connection of its own. Does not follow redirects. */
async function get(url: URL, lookup: LookupFunction, signal: AbortSignal): Promise<Response> {
  const request = Object.hasOwn(REQUESTS, url.protocol) ? REQUESTS[url.protocol] : undefined;
  if (!request) throw new Error('expected an http or https URL');
  if (url.username !== '' || url.password !== '') throw new Error('expected a URL without credentials');
  const incoming = await new Promise<IncomingMessage>((resolve, reject) => {
    request(url, { lookup, signal, agent: false, headers: { 'accept-encoding': 'identity' } }, resolve)
      .on('error', reject)
      .once('close', () => reject(new Error('the connection was closed')))
      .end();
  });
  const status = incoming.statusCode ?? 0;
  if (status < 200 || status > 599) {
    incoming.destroy();
    throw new Error(`received the status ${status}`);
  }
  if (!WITHOUT_BODY.has(status)) return new Response(Readable.toWeb(incoming) as ReadableStream, { status });
  incoming.resume();
  return new Response(null, { status });
}

/** Returns the message of an error and of its causes. */
function reasonOf(error: unknown): string {
  const { cause } = error as { readonly cause?: unknown };
  return cause === undefined ? messageOf(error) : `${messageOf(error)}: ${reasonOf(cause)}`;
}
