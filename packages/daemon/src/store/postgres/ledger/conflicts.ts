/**
 * Finds the calls whose events were derived from an old state, because another daemon has stored events of them: the same message
 * of the provider, or the first one of the call.
 */
import type { CallId } from '@sidetone/core';
import type { Draft } from '../../../calls/ports.ts';
import type { Session } from '../connection/session.ts';
import { toJson } from '../statements.ts';

/** Returns the calls of drafts with a dedupe key that is stored, or with an id of the provider that another call has. */
export async function conflictingCalls(
  session: Session,
  drafts: readonly Draft[],
): Promise<readonly CallId[]> {
  const rows = drafts.map(({ callId, dedupeKey, call }) => ({
    call_id: callId,
    dedupe_key: dedupeKey,
    provider_id: call.providerId,
    provider_call_id: call.providerCallId,
  }));
  const found = await session.rows<{ id: CallId }>({
    text: `select distinct r.call_id as id
      from json_to_recordset($1) as r(call_id text, dedupe_key text, provider_id text, provider_call_id text)
      where exists (select 1 from events as e where e.call_id = r.call_id and e.dedupe_key = r.dedupe_key)
        or exists (select 1 from calls as c where c.provider_id = r.provider_id
          and c.provider_call_id = r.provider_call_id and c.id <> r.call_id)`,
    values: [toJson(rows)],
  });
  return found.map(({ id }) => id);
}
