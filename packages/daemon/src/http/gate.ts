/**
 * Who may ask: whoever shows an access token; or, while the daemon has none, programs on this machine and pages that
 * come from it. Providers never pass here: what they send is verified by their plugin.
 */
import type { IncomingMessage } from 'node:http';
import { FaultError } from '@sidetone/core';
import { LOCAL_VIEWER, type Viewer } from '../access/viewer.ts';
import { AccessTokens, bearerOf, type AccessToken } from '../access/access-tokens.ts';
import { isLoopbackHost, isLoopbackOrigin, isSameOrigin } from './origin.ts';

export interface GateDeps {
  readonly tokens: readonly AccessToken[];
  /** Origins whose pages may ask, beside those of this daemon. */
  readonly origins: readonly string[];
}

export class Gate {
  readonly #tokens: AccessTokens;
  readonly #origins: ReadonlySet<string>;

  constructor({ tokens, origins }: GateDeps) {
    this.#tokens = new AccessTokens(tokens);
    this.#origins = new Set(origins);
  }

  /** Whether there are no access tokens: then everybody who may ask at all may do everything. */
  get isOpen(): boolean {
    return this.#tokens.size === 0;
  }

  /** Whether a page of this origin may read our answers. */
  isWelcome(origin: string, request: Pick<IncomingMessage, 'headers'>): boolean {
    if (this.#origins.has(origin)) return true;
    return this.isOpen ? isLoopbackOrigin(origin) : isSameOrigin(origin, request);
  }

  /**
   * Without tokens, keeps out pages from elsewhere in the operator's browser, whether they name us by address or by a
   * name of their own. With tokens there is nothing to keep out: such a page has no token.
   * @throws {FaultError} REQUEST_FORBIDDEN.
   */
  checkSender(request: Pick<IncomingMessage, 'headers'>): void {
    if (!this.isOpen) return;
    const { host, origin } = request.headers;
    if (isLoopbackHost(host) && (origin === undefined || this.isWelcome(origin, request))) return;
    throw new FaultError('REQUEST_FORBIDDEN', 'this page may not ask');
  }

  /** Who sent a request. @throws {FaultError} REQUEST_FORBIDDEN or AUTH_REQUIRED. */
  viewer(request: Pick<IncomingMessage, 'headers'>): Viewer {
    this.checkSender(request);
    return this.#ownerOf(bearerOf(request.headers.authorization));
  }

  /**
   * Who opened a socket: by the payload of its `connection_init`, else by its request's header, else by `?token=`.
   * @throws {FaultError} AUTH_REQUIRED.
   */
  socketViewer(
    request: Pick<IncomingMessage, 'headers' | 'url'>,
    payload: Readonly<Record<string, unknown>> = {},
  ): Viewer {
    const { authorization } = payload;
    if (authorization !== undefined) return this.#ownerOf(bearerOf(authorization));
    const { headers } = request;
    if (headers.authorization !== undefined) return this.#ownerOf(bearerOf(headers.authorization));
    const query = request.url?.split('?')[1] ?? '';
    return this.#ownerOf(new URLSearchParams(query).get('token') ?? undefined);
  }

  #ownerOf(token: string | undefined): Viewer {
    if (this.isOpen) return LOCAL_VIEWER;
    const owner = token === undefined ? undefined : this.#tokens.owner(token);
    if (owner) return owner;
    const message = token === undefined ? 'an access token is needed' : 'this access token is not known';
    throw new FaultError('AUTH_REQUIRED', message);
  }
}
