/**
 * Checks that requests to `server.publicUrl` arrive here, through the proxy in front of the daemon. If the daemon is not
 * running, this process listens at its address meanwhile. The way from the internet can differ from the one of this machine.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { messageOf } from '@sidetone/core';
import { isLoopbackUrl, serverUrl, withReachableHost } from '../../access/exposure.ts';
import type { Config } from '../../config/schema.ts';
import { endpointOf } from '../frame/daemon-client.ts';
import { failureOf, type CheckResult } from './result.ts';

const TIMEOUT_MS = 10_000;
const CHECK = 'public URL';
/** What `/readyz` answers. */
const READINESS = /^(ready|not ready: .*)\s*$/s;

const REMEDY =
  'Check the DNS name, the certificate and the proxy in front of the daemon: it must forward every path below this URL to server.host and server.port.';

export async function checkPublicUrl(
  { server }: Pick<Config, 'server'>,
  request: (url: URL) => Promise<string> = read,
): Promise<CheckResult> {
  const { publicUrl, host, port } = server;
  if (!publicUrl)
    return {
      check: CHECK,
      state: 'WARNING',
      message: 'server.publicUrl is missing, so providers in the internet cannot reach the daemon',
      remedy: 'Set server.publicUrl to the address at which providers reach this daemon.',
    };
  if (isLoopbackUrl(publicUrl))
    return { check: CHECK, state: 'SKIPPED', message: `${publicUrl.href} leads to this machine only` };
  const token = randomBytes(16).toString('hex');
  const own = port === 0 ? undefined : await answerAt(host, port, token);
  try {
    const text = await request(endpointOf(publicUrl.href, 'readyz'));
    if (own ? text === token : READINESS.test(text))
      return { check: CHECK, state: 'OK', message: `requests to ${publicUrl.href} arrive here` };
    const message = `${publicUrl.href} is answered by another program than the daemon at ${serverUrl(host, port).href}`;
    return { check: CHECK, state: 'FAILED', message, remedy: REMEDY };
  } catch (error) {
    const reason = messageOf((error as Error).cause ?? error);
    return failureOf(CHECK, new Error(`${publicUrl.href} cannot be reached (${reason})`), REMEDY);
  } finally {
    own?.closeAllConnections();
    own?.close();
  }
}

/** Whether a daemon answers at the configured address. */
export async function findDaemon({ server }: Pick<Config, 'server'>): Promise<URL | undefined> {
  const url = withReachableHost(serverUrl(server.host, server.port));
  const text = await read(new URL('readyz', url)).catch(() => '');
  return READINESS.test(text) ? url : undefined;
}

/** Answers every request with the token. Returns undefined if the port is in use. */
async function answerAt(host: string, port: number, token: string): Promise<Server | undefined> {
  const server = createServer((_request, response) => response.end(token));
  try {
    await once(server.listen(port, host), 'listening');
    return server;
  } catch {
    return undefined;
  }
}

async function read(url: URL): Promise<string> {
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS), redirect: 'manual' });
  return response.text();
}
