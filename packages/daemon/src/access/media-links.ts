/**
 * Signed URLs of media and exports: a client that has one can read one recording, listen to one call, or download one export,
 * until it expires. The URL contains no token and no name; the signature covers the token that it was made with, so it is
 * valid only as long as that token.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { FaultError, invalidArgument, type Clock } from '@sidetone/core';
import type { AccessToken } from './access-tokens.ts';
import { LOCAL_VIEWER, viewerOf, type Viewer } from './viewer.ts';

/** How long a link is valid by default, seconds. */
export const DEFAULT_LINK_SECONDS = 300;

/** Distinguishes these signatures from others that the same key might be used for, now or later. */
const PURPOSE = 'sidetone media link 1';
/** Takes the place of the token in a daemon without access tokens. Not the SHA-256 of any token. */
const NO_TOKEN = 'local';

/** Bytes of the id of a token in the URL: enough to tell tokens apart, and no secret. */
const ID_BYTES = 6;

const EXPIRES = /^[1-9]\d{0,11}$/;
/** 32 bytes in base64url; the last character has two unused bits. */
const SIGNATURE = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/;

/** What a link is made for: audio, or rows that match the filter in its query. */
export type LinkScope = 'LISTEN' | 'READ';

/** The parameter of an export that a link contains; its signature covers the value. */
const FILTER = 'filter';

export interface MediaLink {
  /** The query of the URL. */
  readonly query: string;
  /** Epoch ms. */
  readonly expiresAt: number;
}

interface MediaLinksDeps {
  /** Kept across restarts, so that a link remains valid. */
  readonly key: Uint8Array;
  readonly tokens: readonly AccessToken[];
  /** The longest lifetime of a link, seconds. */
  readonly maxSeconds: number;
  readonly clock: Pick<Clock, 'now'>;
}

interface Owner {
  readonly viewer: Viewer;
  readonly identity: string;
}

export class MediaLinks {
  readonly #deps: MediaLinksDeps;
  /** By the id in the URL, so one signature is computed for a request, however many tokens there are. */
  #owners: ReadonlyMap<string, Owner> = new Map();

  constructor(deps: MediaLinksDeps) {
    this.#deps = deps;
    this.setTokens(deps.tokens, deps.tokens.length === 0);
  }

  /** Replaces the access tokens. Links that were made with another one become invalid. @param isOpen whether requests need none. */
  setTokens(tokens: readonly AccessToken[], isOpen: boolean): void {
    const owners = isOpen
      ? [{ viewer: LOCAL_VIEWER, identity: NO_TOKEN }]
      : tokens.map(({ name, sha256, scopes }) => ({
          viewer: viewerOf(name, scopes),
          identity: sha256,
        }));
    this.#owners = new Map(owners.map((owner) => [this.#idOf(owner), owner]));
  }

  /**
   * Makes a link to a path of the daemon for a viewer.
   * @param seconds the lifetime; rounded up to a whole second of the clock
   * @param filter of an export; without one, the link is for audio
   * @throws {FaultError} INPUT_INVALID if the lifetime is not permitted.
   */
  sign(path: string, viewer: Viewer, seconds: number, filter?: string): MediaLink {
    const { clock, maxSeconds } = this.#deps;
    if (!Number.isInteger(seconds) || seconds < 1 || seconds > maxSeconds) {
      const problem = `expected a whole number from 1 to ${maxSeconds} (limits.mediaLinkSeconds), received ${seconds}`;
      throw invalidArgument('expiresInSeconds', problem);
    }
    const owner = [...this.#owners.values()].find((each) => each.viewer.name === viewer.name);
    if (!owner) throw new FaultError('AUTH_REQUIRED', 'unknown access token');
    const expires = String(Math.ceil(clock.now() / 1000) + seconds);
    const signature = this.#signature(path, expires, owner, filter).toString('base64url');
    const signed = `expires=${expires}&by=${this.#idOf(owner)}&signature=${signature}`;
    const query = filter === undefined ? signed : `${FILTER}=${encodeURIComponent(filter)}&${signed}`;
    return { query, expiresAt: Number(expires) * 1000 };
  }

  /**
   * Returns the owner of the token that a link was made with, or undefined if the URL is not that of a link.
   * @throws {FaultError} MEDIA_LINK_INVALID or MEDIA_LINK_EXPIRED.
   */
  viewer(
    { pathname, searchParams }: Pick<URL, 'pathname' | 'searchParams'>,
    scope: LinkScope = 'LISTEN',
  ): Viewer | undefined {
    if (!searchParams.has('signature') && !searchParams.has('expires')) return undefined;
    const expires = searchParams.get('expires') ?? '';
    const signature = searchParams.get('signature') ?? '';
    const filter = scope === 'READ' ? (searchParams.get(FILTER) ?? '') : undefined;
    // Other or repeated parameters are not covered by the signature.
    const count = filter === undefined ? 3 : 4;
    const isComplete = searchParams.size === count && EXPIRES.test(expires) && SIGNATURE.test(signature);
    const owner = isComplete ? this.#owners.get(searchParams.get('by') ?? '') : undefined;
    if (!owner || !this.#isSigned(pathname, expires, signature, owner, filter))
      throw new FaultError('MEDIA_LINK_INVALID', 'this link is not valid');
    this.#checkTime(Number(expires));
    return owner.viewer;
  }

  #isSigned(path: string, expires: string, signature: string, owner: Owner, filter?: string): boolean {
    const expected = this.#signature(path, expires, owner, filter);
    return timingSafeEqual(expected, Buffer.from(signature, 'base64url'));
  }

  #checkTime(expires: number): void {
    const { clock, maxSeconds } = this.#deps;
    // The wall clock: the time was given to a client, and must mean the same after a restart.
    const left = expires - clock.now() / 1000;
    if (left <= 0) throw new FaultError('MEDIA_LINK_EXPIRED', 'this link has expired');
    // The limit was lowered, or the clock was set back.
    if (left > maxSeconds + 1) throw new FaultError('MEDIA_LINK_INVALID', 'this link is valid for too long');
  }

  #signature(path: string, expires: string, { identity }: Owner, filter?: string): Buffer {
    const scope: LinkScope = filter === undefined ? 'LISTEN' : 'READ';
    const fields = [PURPOSE, 'GET', path, scope, expires, identity];
    return this.#hmac(filter === undefined ? fields : [...fields, filter]);
  }

  #idOf({ identity }: Owner): string {
    return this.#hmac([`${PURPOSE} id`, identity])
      .subarray(0, ID_BYTES)
      .toString('base64url');
  }

  #hmac(fields: readonly string[]): Buffer {
    return createHmac('sha256', this.#deps.key).update(JSON.stringify(fields)).digest();
  }
}
