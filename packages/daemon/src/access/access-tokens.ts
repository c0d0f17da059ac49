/** Identifies the owner of an access token. Tokens are known only by their SHA-256 and compared in constant time. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { FaultError } from '@sidetone/core';
import { viewerOf, type Scope, type Viewer } from './viewer.ts';

export interface AccessToken {
  readonly name: string;
  /** Hexadecimal. */
  readonly sha256: string;
  readonly scopes: readonly Scope[];
}

/** Thrown for an access token that is not known, as opposed to a missing one. */
export class UnknownTokenError extends FaultError {
  constructor() {
    super('AUTH_REQUIRED', 'unknown access token');
  }
}

export class AccessTokens {
  readonly #owners: readonly { readonly digest: Buffer; readonly viewer: Viewer }[];

  constructor(tokens: readonly AccessToken[]) {
    this.#owners = tokens.map(({ name, sha256, scopes }) => ({
      digest: Buffer.from(sha256, 'hex'),
      viewer: viewerOf(name, scopes),
    }));
  }

  get size(): number {
    return this.#owners.length;
  }

  /** Returns the owner of a token. Compares it with all tokens, so the time does not depend on which one matches. */
  owner(token: string): Viewer | undefined {
    const digest = createHash('sha256').update(token).digest();
    return this.#owners.filter((each) => timingSafeEqual(each.digest, digest))[0]?.viewer;
  }
}
