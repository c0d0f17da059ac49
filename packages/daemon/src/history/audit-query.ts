/** Which entries of the audit log a query selects. */
import type { AuditAction } from '../access/audit.ts';

export type AuditOutcome = 'DONE' | 'FAILED';

/** Conditions that are left out have no effect. An entry must meet all others. */
export interface AuditFilter {
  /** Epoch ms, inclusive. */
  readonly since?: number;
  /** Epoch ms, exclusive. */
  readonly until?: number;
  /** Names of viewers. */
  readonly by?: readonly string[];
  readonly actions?: readonly AuditAction[];
  /** The id of a call or command, which may have been erased. */
  readonly callId?: string;
  readonly outcome?: AuditOutcome;
}

/** An entry that was stored. */
export interface StoredAuditEntry {
  readonly seq: number;
  /** Epoch ms. */
  readonly at: number;
  readonly by: string;
  readonly action: AuditAction;
  /** Digest of the id of the call or command. */
  readonly call: string | null;
  readonly details: Readonly<Record<string, unknown>> | null;
}

/** Whether an action is an attempt that failed. All others were done, or were about to be done. */
export const AUDIT_OUTCOMES = {
  ERASE: 'DONE',
  ERASE_COMMAND: 'DONE',
  ERASE_NUMBER: 'DONE',
  HOLD_PLACED: 'DONE',
  HOLD_RELEASED: 'DONE',
  CAPTURE_PAUSED: 'DONE',
  CAPTURE_RESUMED: 'DONE',
  RETENTION: 'DONE',
  DOWNLOAD_RECORDING: 'DONE',
  DOWNLOAD_BY_LINK: 'DONE',
  EXPORT: 'DONE',
  LISTENING_STARTED: 'DONE',
  LISTENING_STOPPED: 'DONE',
  BACKFILL_STARTED: 'DONE',
  SIGN_IN_FAILED: 'FAILED',
  TOKENS_CHANGED: 'DONE',
  TOKEN_CREATED: 'DONE',
  TOKEN_REVOKED: 'DONE',
  AUDIT_EXPIRED: 'DONE',
} as const satisfies Record<AuditAction, AuditOutcome>;

/** Returns the actions that a filter selects; undefined for all. */
export function actionsOf({ actions, outcome }: AuditFilter): readonly AuditAction[] | undefined {
  if (outcome === undefined) return actions;
  const ofOutcome = (Object.keys(AUDIT_OUTCOMES) as AuditAction[]).filter(
    (action) => AUDIT_OUTCOMES[action] === outcome,
  );
  return actions ? ofOutcome.filter((action) => actions.includes(action)) : ofOutcome;
}
