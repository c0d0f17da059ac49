/**
 * Decides who may send requests: viewers with an access token or, if the daemon has no access tokens, programs on this
 * machine and pages served from it. Requests of providers do not pass here, because their plugins authenticate them.
 */
import type { IncomingMessage } from 'node:http';
import { FaultError } from '@sidetone/core';
import { hostInUrl, isLoopbackUrl } from '@sidetone/plugin-kit';
import { LOCAL_VIEWER, type Viewer } from '../access/viewer.ts';
import { AccessTokens, UnknownTokenError, type AccessToken } from '../access/access-tokens.ts';
import { presentedTokens } from '../access/presented-tokens.ts';
import { canonicalAddress, networkOf } from '../access/addresses.ts';
import { ClientAddresses, forwardingHeaderOf } from '../access/forwarding.ts';

interface GateDeps {
  readonly tokens: readonly AccessToken[];
  /** Called with the SHA-256 of the token of every request that has a valid one. */
  readonly onUse?: (sha256: string) => void;
  /** Origins whose pages may send requests, besides those of this daemon. */
  readonly origins: readonly string[];
  /** Proxies whose forwarding headers determine the address of a client. */
  readonly trustedProxies?: readonly string[];
  /** Whether requests of other machines are accepted although there are no access tokens. */
  readonly isUnverified?: boolean;
  /** The host names by which other machines may then reach the daemon, besides IP addresses. */
  readonly hostNames?: readonly string[];
}

type Headers = Pick<IncomingMessage, 'headers'>;
type Credentials = Headers & Partial<Pick<IncomingMessage, 'headersDistinct'>>;
type Sender = Pick<IncomingMessage, 'headers' | 'socket'>;

export class Gate {
  #tokens: AccessTokens;
  #isOpen: boolean;
  readonly #onUse: (sha256: string) => void;
  readonly #origins: ReadonlySet<string>;
  readonly #addresses: ClientAddresses;
  readonly #isUnverified: boolean;
  readonly #hostNames: ReadonlySet<string>;

  constructor(deps: GateDeps) {
    const { tokens, onUse, origins, trustedProxies = [], isUnverified = false, hostNames = [] } = deps;
    this.#tokens = new AccessTokens(tokens);
    this.#isOpen = tokens.length === 0;
    this.#onUse = onUse ?? (() => undefined);
    this.#origins = new Set(origins);
    this.#addresses = new ClientAddresses(trustedProxies);
    this.#isUnverified = isUnverified;
    this.#hostNames = new Set(hostNames.map((name) => urlOfHost(hostInUrl(name))?.hostname ?? name));
  }

  /** Replaces the access tokens. @param isOpen whether requests need none. */
  setTokens(tokens: readonly AccessToken[], isOpen: boolean): void {
    this.#tokens = new AccessTokens(tokens);
    this.#isOpen = isOpen;
  }

  /** Whether the daemon has no access tokens, so every permitted sender has all scopes. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Returns whether a page of this origin may send requests and read the responses. */
  allowsOrigin(origin: string, request: Headers): boolean {
    if (this.#origins.has(origin)) return true;
    if (this.isOpen && isLoopbackOrigin(origin)) return true;
    return (!this.isOpen || this.#isUnverified) && isSameOrigin(origin, request);
  }

  /** Returns whether a network address is that of a trusted proxy, whose connections are those of many clients. */
  isTrustedProxy(address: string): boolean {
    return this.#addresses.isTrustedProxy(address);
  }

  /** Returns the network address of the client, or of the proxy in front of it if that is not trusted. */
  addressOf(sender: Sender): string {
    return this.#addresses.addressOf(sender);
  }

  /** Returns the key by which the limits of a network address count, see `networkOf`. */
  networkOf(sender: Sender): string {
    return networkOf(this.addressOf(sender));
  }

  /** Returns the key by which connections and subscriptions are counted: a viewer at a network address. */
  clientOf(sender: Sender, { name }: Viewer): string {
    return `${name}@${this.networkOf(sender)}`;
  }

  /**
   * Without access tokens, rejects pages of other sites in the operator's browser, also if they reach the daemon through
   * a host name of their own (DNS rebinding), and requests that a proxy forwarded from another machine. With access tokens
   * no check is needed, because such a page has none.
   * @throws {FaultError} REQUEST_FORBIDDEN.
   */
  checkSender(request: Headers): void {
    if (!this.isOpen) return;
    const { host, origin } = request.headers;
    if (!this.#isKnownHost(host)) {
      throw new FaultError('REQUEST_FORBIDDEN', 'requests with this Host header are not allowed');
    }
    if (origin !== undefined && !this.allowsOrigin(origin, request)) {
      throw new FaultError('REQUEST_FORBIDDEN', 'requests from this origin are not allowed');
    }
    const forwardingHeader = this.#isUnverified ? undefined : forwardingHeaderOf(request);
    if (forwardingHeader !== undefined) {
      throw new FaultError(
        'REQUEST_FORBIDDEN',
        `requests with the header ${forwardingHeader} are not allowed, because auth.tokens is empty`,
      );
    }
  }

  #isKnownHost(host: string | undefined): boolean {
    const url = urlOfHost(host);
    if (!url) return false;
    if (isLoopbackUrl(url)) return true;
    const { hostname } = url;
    return this.#isUnverified && (canonicalAddress(hostname) !== undefined || this.#hostNames.has(hostname));
  }

  /**
   * Without access tokens, rejects requests that a browser sends on behalf of a page of another site, such as images and
   * forms, which need not have an Origin. A link to one of the daemon's pages is followed.
   * @throws {FaultError} REQUEST_FORBIDDEN.
   */
  checkSite(request: Pick<IncomingMessage, 'headers' | 'method'>, isPage: boolean): void {
    const { headers, method } = request;
    if (!this.isOpen || headers['sec-fetch-site'] !== 'cross-site') return;
    if (headers.origin !== undefined && this.allowsOrigin(headers.origin, request)) return;
    const isNavigation =
      method === 'GET' &&
      headers['sec-fetch-mode'] === 'navigate' &&
      headers['sec-fetch-dest'] === 'document';
    if (isPage && isNavigation) return;
    throw new FaultError('REQUEST_FORBIDDEN', 'requests from pages of other sites are not allowed');
  }

  /** Returns who sent a request. @throws {FaultError} REQUEST_FORBIDDEN or AUTH_REQUIRED. */
  viewer(request: Credentials): Viewer {
    this.checkSender(request);
    const { headers, headersDistinct } = request;
    return this.#ownerOf(presentedTokens({ headers, ...(headersDistinct && { headersDistinct }) }));
  }

  /**
   * Returns who opened a socket, by the payload of `connection_init`, the headers of the upgrade request or `?token=`.
   * @throws {FaultError} AUTH_REQUIRED.
   */
  socketViewer(
    { headers, headersDistinct, url }: Credentials & Pick<IncomingMessage, 'url'>,
    payload: Readonly<Record<string, unknown>> = {},
  ): Viewer {
    return this.#ownerOf(
      presentedTokens({ headers, ...(headersDistinct && { headersDistinct }), url, payload }),
    );
  }

  #ownerOf(tokens: readonly string[]): Viewer {
    if (this.isOpen) return LOCAL_VIEWER;
    if (tokens.length === 0) throw new FaultError('AUTH_REQUIRED', 'an access token is required');
    for (const token of tokens) {
      const owner = this.#tokens.owner(token);
      if (!owner) continue;
      this.#onUse(owner.sha256);
      return owner.viewer;
    }
    throw new UnknownTokenError();
  }
}

/** Returns the URL of a host with this scheme, or undefined if the text is not a host. */
function urlOfHost(host: string | undefined, scheme = 'http:'): URL | undefined {
  const url = `${scheme}//${host ?? ''}`;
  return host !== undefined && URL.canParse(url) ? new URL(url) : undefined;
}

const isLoopbackOrigin = (origin: string): boolean => URL.canParse(origin) && isLoopbackUrl(new URL(origin));

/** A proxy may add the default port to the Host header, which browsers omit in an Origin. */
function isSameOrigin(origin: string, { headers }: Headers): boolean {
  if (!URL.canParse(origin)) return false;
  const { protocol, host } = new URL(origin);
  return host !== '' && urlOfHost(headers.host, protocol)?.host === host;
}
