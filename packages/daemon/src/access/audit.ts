/**
 * Who did what to stored data, and who tried to get access. The log outlives the calls it is about, without their content.
 * Names of access tokens and network addresses are personal data; entries are deleted after `storage.auditDays`.
 */
import type { NowOrLater } from '../now-or-later.ts';
import type { Scope } from './viewer.ts';

/** `by` of an entry whose author is not known. No access token can have this name. */
export const NOBODY = '-';

interface AboutCall {
  /** The id of the call, or of the command that has no call. Stored as a digest. */
  readonly callId: string;
}

export interface AuditedToken {
  readonly name: string;
  readonly scopes: readonly Scope[];
}

/** How the access tokens of the configuration differ from those at the last start. */
export interface TokenChanges {
  readonly added: readonly AuditedToken[];
  readonly removed: readonly AuditedToken[];
  /** Tokens with other scopes. */
  readonly changed: readonly AuditedToken[];
  /** Whether any secret differs although the names are the same. */
  readonly secretsChanged: boolean;
}

/** What one step of retention removed. */
export interface RemovedData {
  readonly kind: string;
  readonly reason: string;
  readonly calls: number;
  readonly rows: number;
  /** Calls that ended until then, epoch ms; only of the reason AGE. */
  readonly cutoff?: number;
}

/** The fields of each action. Adding an action here makes the compiler ask for its fields wherever it is logged. */
export interface AuditFields {
  ERASE: AboutCall;
  ERASE_COMMAND: AboutCall;
  /** Everything of one number was erased. `number` is a keyed digest. */
  ERASE_NUMBER: {
    readonly details: { readonly number: string; readonly calls: number; readonly commands: number };
  };
  HOLD_PLACED: AboutCall;
  HOLD_RELEASED: AboutCall;
  CAPTURE_PAUSED: AboutCall & { readonly details: { readonly parts: readonly string[] } };
  CAPTURE_RESUMED: AboutCall;
  /** Data that is not kept any longer was removed. */
  RETENTION: { readonly details: RemovedData };
  DOWNLOAD_RECORDING: AboutCall;
  DOWNLOAD_BY_LINK: AboutCall;
  /** Rows of many calls were requested. */
  EXPORT: { readonly details: { readonly content: string; readonly format: string } };
  LISTENING_STARTED: AboutCall & {
    readonly details: { readonly listenerId: string; readonly isByLink?: true };
  };
  LISTENING_STOPPED: AboutCall & { readonly details: { readonly listenerId: string } };
  /** Instants are epoch ms. */
  BACKFILL_STARTED: {
    readonly details: { readonly providerId: string; readonly since: number; readonly until: number };
  };
  /** The failures of one address at one entrance since the last entry, or those of all addresses without an entry. */
  SIGN_IN_FAILED: {
    readonly details: { readonly failures: number; readonly address: string; readonly entrance?: string };
  };
  TOKENS_CHANGED: { readonly details: TokenChanges };
  /** A token was created while the daemon runs. */
  TOKEN_CREATED: { readonly details: AuditedToken & { readonly expiresAt: number | null } };
  TOKEN_REVOKED: { readonly details: { readonly name: string } };
  /** Old entries were deleted: how many, and the number and the hash of the last one, which the next one continues. */
  AUDIT_EXPIRED: {
    readonly details: { readonly entries: number; readonly seq: number; readonly hash: string };
  };
}

export type AuditAction = keyof AuditFields;

/** All actions, in the order in which the documentation lists them. */
export const AUDIT_ACTIONS = Object.keys({
  ERASE: 0,
  ERASE_COMMAND: 0,
  ERASE_NUMBER: 0,
  HOLD_PLACED: 0,
  HOLD_RELEASED: 0,
  CAPTURE_PAUSED: 0,
  CAPTURE_RESUMED: 0,
  RETENTION: 0,
  DOWNLOAD_RECORDING: 0,
  DOWNLOAD_BY_LINK: 0,
  EXPORT: 0,
  LISTENING_STARTED: 0,
  LISTENING_STOPPED: 0,
  BACKFILL_STARTED: 0,
  SIGN_IN_FAILED: 0,
  TOKENS_CHANGED: 0,
  TOKEN_CREATED: 0,
  TOKEN_REVOKED: 0,
  AUDIT_EXPIRED: 0,
} satisfies Record<AuditAction, 0>) as readonly AuditAction[];

export type AuditEntry = {
  [Action in AuditAction]: {
    /** Epoch ms. */
    readonly at: number;
    /** Name of the viewer, or {@link NOBODY}. Of DOWNLOAD_BY_LINK, the viewer that requested the signed URL. */
    readonly by: string;
    readonly action: Action;
  } & AuditFields[Action];
}[AuditAction];

/** An append-only log whose entries are chained by hashes. One that answers later rejects instead of throwing. */
export interface AuditLog {
  /** Appends entries, all or none. Throws if they cannot be stored. */
  append(...entries: readonly AuditEntry[]): NowOrLater<void>;
  /**
   * Deletes entries from the start of the log up to a time, epoch ms, and appends an entry about that.
   * Throws if they cannot be deleted.
   */
  expire(until: number, now: number): NowOrLater<void>;
}
