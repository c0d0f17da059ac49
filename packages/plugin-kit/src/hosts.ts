/** Hosts of URLs, and rules that name hosts. IPv6 addresses are compared whatever notation was used, with or without brackets. */

import { getOwn } from './tolerant-json.ts';

/** `host` or `.suffix`, with or without a port. */
interface HostRule {
  readonly host: string;
  readonly isSuffix: boolean;
  /** Undefined for every port. */
  readonly port: string | undefined;
}

const DEFAULT_PORTS: Readonly<Record<string, string>> = {
  'http:': '80',
  'ws:': '80',
  'https:': '443',
  'wss:': '443',
};

/** A text with two colons outside brackets can only be an IPv6 address. Its zone is not part of a URL. */
const BARE_IPV6 = /^([^[\]:]*:[^[\]%]*:[^[\]%]*)(%.*)?$/;

/** Returns a host name or an IP address as it is written in URLs: an IPv6 address in brackets, without its zone. */
export function hostInUrl(host: string): string {
  const [, address] = BARE_IPV6.exec(host) ?? [];
  return address === undefined ? host.replace(/%[^\]]*\]$/, ']') : `[${address}]`;
}

/** Returns the `hostname` that a URL with this host has, or undefined if the text is not a host. */
function hostnameOf(host: string): string | undefined {
  const url = `ws://${hostInUrl(host)}`;
  return host !== '' && !/[\s/?#@\\]/.test(host) && URL.canParse(url) ? new URL(url).hostname : undefined;
}

function parseRule(text: string): HostRule | undefined {
  const isSuffix = text.startsWith('.');
  const rest = isSuffix ? text.slice(1) : text;
  const [, name, port] = /^(\[[^\]]*\]|[^:[\]]+):(\d{1,5})$/.exec(rest) ?? [];
  const host = hostnameOf(name ?? rest);
  if (host === undefined) return undefined;
  return { host: isSuffix ? `.${host}` : host, isSuffix, port: port && String(Number(port)) };
}

/** Returns whether the text is a host or a suffix such as `.example.com`, with or without a port. */
export const isHostRule = (text: string): boolean => parseRule(text) !== undefined;

/** Returns a function that returns whether one of the rules matches the host of a URL. Invalid rules match nothing. */
export function createHostMatcher(texts: readonly string[]): (url: URL) => boolean {
  const rules = texts.map(parseRule).filter((rule) => rule !== undefined);
  return ({ hostname, port, protocol }) => {
    const effectivePort = port === '' ? getOwn(DEFAULT_PORTS, protocol) : port;
    return rules.some(
      ({ host, isSuffix, port: only }) =>
        (isSuffix ? hostname.endsWith(host) : hostname === host) &&
        (only === undefined || only === effectivePort),
    );
  };
}

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\]|\[::ffff:7f[0-9a-f]{2}:[0-9a-f]{1,4}\])$/;

/** Returns whether a URL leads to this machine only. */
export const isLoopbackUrl = ({ hostname }: Pick<URL, 'hostname'>): boolean => LOOPBACK.test(hostname);
