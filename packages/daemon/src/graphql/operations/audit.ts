/** The audit log. */
import type { AuditAction } from '../../access/audit.ts';
import {
  AUDIT_OUTCOMES,
  type AuditFilter,
  type AuditOutcome,
  type StoredAuditEntry,
} from '../../history/audit-query.ts';
import type { Builder, SchemaDeps } from '../builder.ts';
import { addConnection } from '../lists/connection.ts';
import { checkValues } from '../lists/filter-input.ts';
import { pageArguments, toPageRequest, type List } from '../lists/paging.ts';
import { addEnum } from '../types/enums.ts';
import type { Refs } from '../types/refs.ts';

const ACTION = {
  ERASE: 'A call is about to be erased.',
  ERASE_COMMAND: 'A command without a call was erased.',
  ERASE_NUMBER: 'What is stored about a telephone number was erased.',
  HOLD_PLACED: 'A legal hold was placed on a call.',
  HOLD_RELEASED: 'A legal hold was released.',
  CAPTURE_PAUSED: 'The capture of a live call was paused, or its pause was changed.',
  CAPTURE_RESUMED: 'The capture was resumed, by a client or at the latest end of the pause.',
  RETENTION: 'Data that is not kept any longer was removed.',
  DOWNLOAD_RECORDING: 'A recording is about to be sent.',
  DOWNLOAD_BY_LINK: 'A recording is about to be sent to a client with a signed URL.',
  EXPORT: 'Calls, events or utterances were exported.',
  LISTENING_STARTED: 'A client started to listen to a live call.',
  LISTENING_STOPPED: 'A client stopped listening to a live call.',
  BACKFILL_STARTED: 'An import of past calls was started or resumed.',
  SIGN_IN_FAILED: 'Sign-ins of a network address failed.',
  TOKENS_CHANGED: 'The access tokens of the configuration are others than before.',
  TOKEN_CREATED: 'An access token was created while the daemon runs.',
  TOKEN_REVOKED: 'Such a token was revoked.',
  AUDIT_EXPIRED: 'Old entries of the audit log were deleted.',
} as const satisfies Record<AuditAction, string>;

const OUTCOME = {
  DONE: 'The action was done, or was about to be done.',
  FAILED: 'An attempt that failed, such as a sign-in.',
} as const satisfies Record<AuditOutcome, string>;

const ENTRIES: List<StoredAuditEntry> = {
  name: 'AuditEntry',
  positionOf: ({ seq }) => ({ key: seq, id: String(seq) }),
};

/** Null means the same as a field that is left out. */
type Nullable<Filter> = { readonly [Key in keyof Filter]?: Filter[Key] | null | undefined };

export function addAudit(builder: Builder, { PageInfo }: Refs, { history, pageSize }: SchemaDeps): void {
  const { AuditEntry, Action, Outcome } = addAuditEntry(builder);
  const Connection = addConnection(builder, PageInfo, {
    name: 'AuditEntry',
    node: AuditEntry,
    isCounted: false,
  });
  const Filter = builder.inputType('AuditFilter', {
    description:
      'Selects entries of the audit log. An entry must meet all conditions that are given; fields that are null or left out have no effect.',
    fields: (t) => ({
      since: t.field({ type: 'DateTime', description: 'Entries at or after this time.' }),
      until: t.field({ type: 'DateTime', description: 'Entries before this time.' }),
      by: t.stringList({ description: 'Entries of any of these names, see `AuditEntry.by`.' }),
      actions: t.field({ type: [Action], description: 'Entries of any of these actions.' }),
      callId: t.id({ description: 'Entries about this call or command, also after it was erased.' }),
      outcome: t.field({ type: Outcome, description: 'Entries with this outcome.' }),
    }),
  });
  builder.queryField('auditLog', (t) =>
    t.field({
      type: Connection,
      description: 'The audit log, newest first: who did what to stored data, and who tried to get access.',
      args: {
        filter: t.arg({ type: Filter, description: 'Returns only entries that match this filter.' }),
        ...pageArguments(t),
      },
      resolve: async (_root, { filter, ...page }) => {
        const request = toPageRequest(ENTRIES, page, pageSize);
        return { ...(await history.audit(toFilter(filter), request)), request, list: ENTRIES };
      },
    }),
  );
}

function toFilter(input: Nullable<AuditFilter> | null | undefined): AuditFilter {
  checkValues(input);
  return Object.fromEntries(Object.entries(input ?? {}).filter(([, value]) => value != null));
}

function addAuditEntry(builder: Builder) {
  const Action = addEnum(builder, 'AuditAction', 'What was done.', ACTION);
  const Outcome = addEnum(builder, 'AuditOutcome', 'Whether an action was done.', OUTCOME);
  const AuditEntry = builder.objectRef<StoredAuditEntry>('AuditEntry').implement({
    description: 'An entry of the audit log. It contains no content of calls.',
    fields: (t) => ({
      seq: t.exposeInt('seq', { description: 'The number of the entry, without gaps.' }),
      at: t.expose('at', { type: 'DateTime', description: 'When it happened.' }),
      by: t.exposeString('by', {
        description:
          'The name of the access token; `local` without access tokens, `daemon` for the daemon itself, `-` if the author is not known.',
      }),
      action: t.expose('action', { type: Action, description: 'What was done.' }),
      outcome: t.field({
        type: Outcome,
        description: 'Whether it was done.',
        resolve: ({ action }) => AUDIT_OUTCOMES[action],
      }),
      callDigest: t.string({
        nullable: true,
        description:
          'A digest of the id of the call or command. Null if the entry is about none. The id itself is erased with the call: `AuditFilter.callId` finds the entries of a known id.',
        resolve: ({ call }) => call,
      }),
      details: t.field({
        type: 'JSON',
        nullable: true,
        description: 'What else is known; see docs/reference/audit.md. Null for actions without details.',
        resolve: ({ details }) => details,
      }),
    }),
  });
  return { AuditEntry, Action, Outcome };
}
