/** Network addresses in one notation, so that IPv6 and IPv4-mapped addresses compare correctly. */
import { BlockList, isIPv4, isIPv6 } from 'node:net';

const MAPPED = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/;

/**
 * Returns an IP address in its shortest notation, without brackets and zone, and an IPv4-mapped IPv6 address as IPv4.
 * Returns undefined if the text is not an IP address.
 */
export function canonicalAddress(text: string): string | undefined {
  const address = text.replace(/^\[(.*)\]$/, '$1').replace(/%.*$/, '');
  if (isIPv4(address)) return address;
  if (!isIPv6(address)) return undefined;
  const short = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [, high, low] = MAPPED.exec(short) ?? [];
  if (high === undefined || low === undefined) return short;
  return [high, low]
    .map((part) => parseInt(part, 16))
    .flatMap((part) => [part >> 8, part & 255])
    .join('.');
}

/** Returns the first 64 bits of a canonical IPv6 address as text. */
function prefixOf(address: string): string {
  const [head = '', tail] = address.split('::');
  const groups = head === '' ? [] : head.split(':');
  const isShort = tail !== undefined;
  const after = isShort && tail !== '' ? tail.split(':') : [];
  const zeros = isShort ? Array<string>(Math.max(0, 8 - groups.length - after.length)).fill('0') : [];
  return [...groups, ...zeros, ...after].slice(0, 4).join(':');
}

/**
 * Returns the text by which the limits of a network address count: an IPv4 address, or the /64 network of an IPv6 address,
 * because one host can use all addresses of it. A text that is not an address is returned unchanged.
 */
export function networkOf(text: string): string {
  const address = canonicalAddress(text) ?? text;
  return isIPv6(address) && address !== '::1' ? `${prefixOf(address)}::/64` : address;
}

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIPv4(address) ? 'ipv4' : 'ipv6');

/** Returns the address and prefix length of `192.0.2.1`, `2001:db8::/32` or `[2001:db8::]/32`, or undefined if the text is neither. */
function parseRange(text: string): readonly [address: string, prefix: number] | undefined {
  const [, host, digits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const address = host === undefined ? undefined : canonicalAddress(host);
  if (host === undefined || address === undefined) return undefined;
  const written = isIPv4(host) ? 32 : 128;
  const prefix = digits === undefined ? written : Number(digits);
  // The prefix of an IPv4-mapped address includes the 96 bits that are not part of the IPv4 address.
  const own = isIPv4(address) ? prefix - (written - 32) : prefix;
  return prefix <= written && own >= 0 ? [address, own] : undefined;
}

/** Returns whether the text is an IP address, or a range in CIDR notation. */
export const isAddressRange = (text: string): boolean => parseRange(text) !== undefined;

/** A set of addresses and ranges. */
export class AddressSet {
  readonly #list = new BlockList();
  #isEmpty = true;

  /** @param ranges valid texts, see `isAddressRange`; others are ignored. */
  constructor(ranges: readonly string[]) {
    for (const range of ranges.map(parseRange)) {
      if (!range) continue;
      this.#list.addSubnet(range[0], range[1], familyOf(range[0]));
      this.#isEmpty = false;
    }
  }

  /** Returns whether the text is an address of the set, in any notation. */
  has(text: string): boolean {
    // Without trusted proxies, each request would create an address for nothing.
    if (this.#isEmpty) return false;
    const address = canonicalAddress(text);
    return address !== undefined && this.#list.check(address, familyOf(address));
  }
}

const LOOPBACK = new AddressSet(['127.0.0.0/8', '::1']);

/** Returns whether the text is an IP address of this machine only. */
export const isLoopbackAddress = (text: string): boolean => LOOPBACK.has(text);
