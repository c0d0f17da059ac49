/** The address of the daemon, and whether other machines can reach it. */
import { hostInUrl } from '@sidetone/plugin-kit';
import { canonicalAddress, isLoopbackAddress } from './addresses.ts';

interface ServerAddress {
  readonly host: string;
  readonly publicUrl?: URL | undefined;
}

/** Returns the URL of a server. */
export const serverUrl = (host: string, port: number): URL => new URL(`http://${hostInUrl(host)}:${port}/`);

const UNSPECIFIED: ReadonlySet<string | undefined> = new Set(['0.0.0.0', '::']);

/** Returns whether a host stands for all addresses of this machine: one can listen on it, but not connect to it. */
export const isUnspecifiedHost = (host: string): boolean => UNSPECIFIED.has(canonicalAddress(host));

/** Replaces an unspecified address, to which no client can connect, by the loopback address. */
export function withReachableHost(url: URL): URL {
  if (!isUnspecifiedHost(url.hostname)) return url;
  const reachable = new URL(url);
  reachable.hostname = canonicalAddress(url.hostname) === '::' ? '[::1]' : '127.0.0.1';
  return reachable;
}

/** Returns whether a server that listens on `host` can be reached only from this machine. */
export const isLoopbackHost = (host: string): boolean => host === 'localhost' || isLoopbackAddress(host);

/** Returns whether a URL leads to this machine only. */
export const isLoopbackUrl = ({ hostname }: URL): boolean =>
  isLoopbackHost(canonicalAddress(hostname) ?? hostname);

/**
 * Returns whether other machines can reach the daemon, directly or through a proxy. Its callers are then verified, unless
 * the configuration states otherwise.
 */
export const isExposed = ({ host, publicUrl }: ServerAddress): boolean =>
  !isLoopbackHost(host) || (publicUrl !== undefined && !isLoopbackUrl(publicUrl));
