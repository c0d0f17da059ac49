/** Who did what to stored data. The log outlives the calls it is about, without their content. */

export const AUDIT_ACTIONS = ['ERASE', 'ERASE_COMMAND', 'DOWNLOAD_RECORDING', 'DOWNLOAD_BY_LINK'] as const;
export type AuditAction = (typeof AUDIT_ACTIONS)[number];

export interface AuditEntry {
  /** Epoch ms. */
  readonly at: number;
  /** Name of the viewer; of `DOWNLOAD_BY_LINK`, the one who made the signed URL. */
  readonly by: string;
  readonly action: AuditAction;
  /** The id of the call, or of the command that has no call. */
  readonly callId: string;
}

/** An append-only log whose entries are chained by hashes. */
export interface AuditLog {
  /** Appends an entry. Throws if it cannot be stored. */
  append(entry: AuditEntry): void;
  /** Returns the sequence number of the first entry that was changed or is missing, or undefined if the log is intact. */
  verify(): number | undefined;
}
