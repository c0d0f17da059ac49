/**
 * Decides to which addresses the daemon connects for a client. A name is resolved once, and the connection uses the
 * addresses that were checked, so a name that changes its address meanwhile has no effect.
 */
import { lookup } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { createHostMatcher } from '@sidetone/plugin-kit';
import { isPublicAddress } from '../../access/public-address.ts';

interface ResolvedAddress {
  readonly address: string;
  readonly family: number;
}

export interface AddressGuardOptions {
  /** Hosts that are allowed whatever their address: `host`, `host:port` or `.suffix`. */
  readonly allowedHosts: readonly string[];
  /** Returns all addresses of a name. Default: the resolver of the operating system. */
  readonly resolve?: (hostname: string) => Promise<readonly ResolvedAddress[]>;
}

/** Allows the public internet and the configured hosts. */
export class AddressGuard {
  readonly #isAllowedHost: (url: URL) => boolean;
  readonly #resolve: (hostname: string) => Promise<readonly ResolvedAddress[]>;
  #rejected = 0;

  constructor({ allowedHosts, resolve = (name) => lookup(name, { all: true }) }: AddressGuardOptions) {
    this.#isAllowedHost = createHostMatcher(allowedHosts);
    this.#resolve = resolve;
  }

  /** Number of rejected addresses. */
  get rejected(): number {
    return this.#rejected;
  }

  /**
   * Returns the `lookup` option for a connection to `url`. It fails if any address of the host is not allowed.
   * @throws {Error} if the host is an IP address that is not allowed, which sockets connect to without a lookup.
   */
  lookupFor(url: URL): LookupFunction {
    const isAllowed = this.#isAllowedHost(url);
    const literal = url.hostname.replace(/^\[(.*)\]$/, '$1');
    if (isIP(literal) > 0 && !isAllowed) this.#check(literal);

    const resolveChecked = async (hostname: string, family: number): Promise<ResolvedAddress[]> => {
      const addresses = await this.#resolve(hostname);
      if (!isAllowed) for (const { address } of addresses) this.#check(address);
      const usable = addresses.filter((entry) => family === 0 || entry.family === family);
      if (usable.length === 0) throw new Error('the host has no address');
      return usable;
    };
    return (hostname, options, callback) => {
      const family = typeof options.family === 'number' ? options.family : 0;
      const answer = async (): Promise<void> => {
        try {
          const addresses = await resolveChecked(hostname, family);
          if (options.all) callback(null, addresses);
          else callback(null, addresses[0]!.address, addresses[0]!.family);
        } catch (error) {
          callback(error as NodeJS.ErrnoException, '', 0);
        }
      };
      void answer();
    };
  }

  #check(address: string): void {
    if (isPublicAddress(address)) return;
    this.#rejected += 1;
    throw new Error('the address is not public, and its host is not in outgoing.allowedHosts');
  }
}
