/** Headers that proxies add, and the client address in them. */
import type { IncomingMessage } from 'node:http';
import { AddressSet, canonicalAddress } from './addresses.ts';

/** The largest number of proxies between a client and the daemon. Addresses before them are ignored. */
export const MAX_PROXIES = 20;

const FORWARDING_HEADER =
  /^(x-forwarded(-.+)?|x-original-.+|forwarded|via|x-real-ip|x-client-ip|.+-connecting-ip)$/;

/** Returns the name of the first header that shows that a proxy forwarded the request. */
export const forwardingHeaderOf = ({ headers }: Pick<IncomingMessage, 'headers'>): string | undefined =>
  Object.keys(headers).find((name) => FORWARDING_HEADER.test(name));

/** Returns the address in an entry such as `192.0.2.1:1234` or `"[2001:db8::1]:80"`, or undefined if it has none. */
function addressIn(entry: string): string | undefined {
  const text = entry.trim().replace(/^"(.*)"$/, '$1');
  const [, bracketed, plain] = /^(?:\[([^\]]+)\]|([\d.]+))(?::\d+)?$/.exec(text) ?? [];
  return canonicalAddress(bracketed ?? plain ?? text);
}

/** Returns the entries of a comma-separated header that are closest to the daemon, closest first. */
const hopsOf = (header: string): readonly string[] => header.split(',').slice(-MAX_PROXIES).toReversed();

const forParameter = (hop: string): string => /(?:^|;)\s*for\s*=\s*("[^"]*"|[^;\s]+)/i.exec(hop)?.[1] ?? '';

type Sender = Pick<IncomingMessage, 'socket'> & Partial<Pick<IncomingMessage, 'headers'>>;

/**
 * Determines the network address of clients. The headers of a request are used only if a trusted proxy sent it; of the
 * addresses in them, the client's is the last one that is not a trusted proxy.
 */
export class ClientAddresses {
  readonly #proxies: AddressSet;

  constructor(trustedProxies: readonly string[]) {
    this.#proxies = new AddressSet(trustedProxies);
  }

  isTrustedProxy(address: string): boolean {
    return this.#proxies.has(address);
  }

  /** Returns the address of the client, or of the proxy closest to it that is known. */
  addressOf({ socket, headers = {} }: Sender): string {
    const remote = socket.remoteAddress ?? 'unknown';
    const peer = canonicalAddress(remote) ?? remote;
    if (!this.#proxies.has(peer)) return peer;
    const forwarded = headers['forwarded'];
    const list = headers['x-forwarded-for']?.toString();
    const claims = [
      ...(list === undefined ? [] : [this.#clientIn(hopsOf(list), peer)]),
      ...(forwarded === undefined ? [] : [this.#clientIn(hopsOf(forwarded).map(forParameter), peer)]),
    ];
    // A proxy that sets one of the headers may pass on the other one from the client.
    return claims[0] !== undefined && claims.every((claim) => claim === claims[0]) ? claims[0] : peer;
  }

  #clientIn(hops: readonly string[], peer: string): string {
    let client = peer;
    for (const hop of hops) {
      const address = addressIn(hop);
      if (address === undefined) return client;
      client = address;
      if (!this.#proxies.has(address)) return client;
    }
    return client;
  }
}
