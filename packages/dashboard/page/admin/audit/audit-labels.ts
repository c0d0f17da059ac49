/** The actions of the audit log in words. */
import type { EnumOf } from '../../api/graphql.ts';

export const ACTION_LABELS = {
  AUDIT_EXPIRED: 'Old audit entries deleted',
  BACKFILL_STARTED: 'Import of past calls started',
  CAPTURE_PAUSED: 'Recording paused',
  CAPTURE_RESUMED: 'Recording resumed',
  DOWNLOAD_BY_LINK: 'Recording downloaded with a link',
  DOWNLOAD_RECORDING: 'Recording downloaded',
  ERASE: 'Call erased',
  ERASE_COMMAND: 'Command erased',
  ERASE_NUMBER: 'Number erased',
  EXPORT: 'Calls exported',
  HOLD_PLACED: 'Legal hold placed',
  HOLD_RELEASED: 'Legal hold released',
  LISTENING_STARTED: 'Listening started',
  LISTENING_STOPPED: 'Listening stopped',
  RETENTION: 'Data removed by retention',
  SIGN_IN_FAILED: 'Sign-in failed',
  TOKENS_CHANGED: 'Tokens of the configuration changed',
  TOKEN_CREATED: 'Access token created',
  TOKEN_REVOKED: 'Access token revoked',
} as const satisfies Record<EnumOf<'AuditAction'>, string>;

export const OUTCOME_LABELS = {
  DONE: 'Done',
  FAILED: 'Failed',
} as const satisfies Record<EnumOf<'AuditOutcome'>, string>;
