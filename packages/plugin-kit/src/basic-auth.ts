/** HTTP Basic authentication (RFC 7617), of requests in both directions. */
import type { IngressRequestHead } from '@sidetone/core';
import { isSameSecret } from './same-secret.ts';

/** Returns the value of an `authorization` header. A user name has no colon. */
export const basicAuth = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`, 'utf8').toString('base64')}`;

/** Returns whether a request has these credentials. The time does not depend on how much of them is right. */
export function hasBasicAuth(
  { headers }: Pick<IngressRequestHead, 'headers'>,
  user: string,
  password: string,
): boolean {
  const [, encoded = ''] = /^basic +([\w+/=-]+)$/i.exec(headers['authorization'] ?? '') ?? [];
  return isSameSecret(Buffer.from(encoded, 'base64').toString('utf8'), `${user}:${password}`);
}
