/** Opens the port of a server. */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FaultError, messageOf } from '@sidetone/core';
import { serverUrl } from '../access/exposure.ts';

/**
 * Resolves with the URL of the server.
 * @param section the section of the configuration that has the address
 * @throws {FaultError} PORT_IN_USE, PORT_FORBIDDEN, or CONFIG_INVALID if the host cannot be bound.
 */
export function listen(server: Server, host: string, port: number, section = 'server'): Promise<URL> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => reject(listenFailure(host, port, cause, section)));
    server.listen(port, host, () => {
      const bound = (server.address() as AddressInfo).port;
      resolve(serverUrl(host, bound));
    });
  });
}

export function listenFailure(
  host: string,
  port: number,
  cause: NodeJS.ErrnoException,
  section = 'server',
): FaultError {
  if (cause.code === 'EADDRINUSE')
    return new FaultError('PORT_IN_USE', `port ${port} of ${host} is already in use`, { cause });
  if (cause.code === 'EACCES')
    return new FaultError('PORT_FORBIDDEN', `port ${port} of ${host}: this user may not listen on it`, {
      cause,
    });
  const message = `${section}.host: cannot listen on ${serverUrl(host, port).host} (${messageOf(cause)})`;
  return new FaultError('CONFIG_INVALID', message, { cause });
}
