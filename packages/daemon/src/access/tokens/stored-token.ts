/** Access tokens that are created while the daemon runs. They are rows of the database; those of the configuration are not. */
import type { NowOrLater } from '../../now-or-later.ts';
import type { AuditEntry } from '../audit.ts';
import type { AccessToken } from '../access-tokens.ts';

export interface StoredToken extends AccessToken {
  /** Epoch ms, like the other times. */
  readonly createdAt: number;
  /** Name of the viewer, or `-` if it was created by a program that wrote to the database file. */
  readonly createdBy: string;
  readonly expiresAt: number | null;
  readonly revokedAt: number | null;
}

/** The names of the rows are unique. A row stays after its token has ended, until a new one takes its name or its place. */
export interface TokenStore {
  list(): NowOrLater<readonly StoredToken[]>;
  /**
   * Stores a token in place of an ended one with its name.
   * @throws {FaultError} INPUT_INVALID if another program has stored a valid one with its name, LIMIT_TOKENS, or of kind store.
   */
  put(token: StoredToken, entry: AuditEntry): NowOrLater<void>;
  /** Returns whether there was a token to revoke. @throws {FaultError} of kind store. */
  revoke(name: string, at: number, entry: AuditEntry): NowOrLater<boolean>;
  /** A number that changes when another program has written to the database. */
  version(): NowOrLater<number>;
}

/** The number of access tokens that can be stored. */
export const MAX_STORED_TOKENS = 1000;

export const hasEnded = ({ expiresAt, revokedAt }: StoredToken, now: number): boolean =>
  revokedAt !== null || (expiresAt !== null && expiresAt <= now);
