/** Which addresses are on the public internet. */
import { isIPv4 } from 'node:net';
import { AddressSet, canonicalAddress } from './addresses.ts';

/**
 * The ranges of IPv4 that are not globally reachable: https://www.iana.org/assignments/iana-ipv4-special-registry, with
 * multicast and reserved addresses.
 */
const NOT_PUBLIC_IPV4 = new AddressSet([
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
]);

/** All other IPv6 addresses are loopback, link-local, unique local, multicast, translated IPv4 or not assigned. */
const GLOBAL_IPV6 = new AddressSet(['2000::/3']);

/** Ranges of it for tunnels that contain an IPv4 address (Teredo, 6to4), for protocols and for documentation. */
const NOT_PUBLIC_IPV6 = new AddressSet(['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20']);

/** Returns whether a text is an IP address, in any notation, of the public internet. */
export function isPublicAddress(text: string): boolean {
  const address = canonicalAddress(text);
  if (address === undefined) return false;
  return isIPv4(address)
    ? !NOT_PUBLIC_IPV4.has(address)
    : GLOBAL_IPV6.has(address) && !NOT_PUBLIC_IPV6.has(address);
}
