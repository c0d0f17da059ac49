/** Identifies the owner of an access token. Tokens are known only by their SHA-256 and found by a keyed hash. */
import { createHash, createHmac, randomBytes } from 'node:crypto';
import { FaultError } from '@sidetone/core';
import { viewerOf, type Scope, type Viewer } from './viewer.ts';

export interface AccessToken {
  readonly name: string;
  /** Hexadecimal. */
  readonly sha256: string;
  readonly scopes: readonly Scope[];
  /** Epoch ms; null or missing if it does not expire. */
  readonly expiresAt?: number | null;
}

/** Thrown for an access token that is not known, as opposed to a missing one. */
export class UnknownTokenError extends FaultError {
  constructor() {
    super('AUTH_REQUIRED', 'unknown access token');
  }
}

interface Owner {
  readonly viewer: Viewer;
  readonly sha256: string;
}

export class AccessTokens {
  /** A key of this process: what a caller sends does not determine the keys of the map, so its times tell nothing. */
  readonly #key = randomBytes(32);
  readonly #owners: ReadonlyMap<string, Owner>;

  constructor(tokens: readonly AccessToken[]) {
    this.#owners = new Map(
      tokens.map(({ name, sha256, scopes, expiresAt }) => [
        this.#keyOf(Buffer.from(sha256, 'hex')),
        { viewer: viewerOf(name, scopes, expiresAt), sha256 },
      ]),
    );
  }

  /** Returns the owner of a token. The time depends neither on the number of tokens nor on which one matches. */
  owner(token: string): Owner | undefined {
    return this.#owners.get(this.#keyOf(createHash('sha256').update(token).digest()));
  }

  #keyOf(digest: Buffer): string {
    return createHmac('sha256', this.#key).update(digest).digest('base64');
  }
}
