/** Loads a call with the keys of its events, in one round trip; in two or three if there is no such call, or if its
 * last owner has left. */
import type { CallRef, ProviderCallRef } from '../../../calls/loading/call-ref.ts';
import type { CallSource, FetchedCall } from '../../../calls/loading/ports.ts';
import { rowToCall, rowToCommand, rowToUtterance } from '../../rows.ts';
import type { Session, Statement } from '../connection/session.ts';
import type { CallClaims } from '../nodes/claims.ts';
import { isRemembered } from '../removal/tombstones.ts';
import { calls, commands, utterances } from '../schema.ts';
import { selectFrom } from '../statements.ts';
import { unfinishedIn } from './lookups.ts';

interface Extras {
  readonly dedupeKeys: readonly string[];
  readonly openCommands: readonly (typeof commands.$inferSelect)[] | null;
}

type CallRow = typeof calls.$inferSelect & Extras;

const CALL = `with call as (${selectFrom(calls)} where `;
const WITH_KEYS = `)
  select call.*, array(
    select dedupe_key from events where call_id = call.id and dedupe_key is not null order by position
  ) as "dedupeKeys", (
    select json_agg(open) from (
      ${selectFrom(commands)} where call_id = call.id and status in ('ACCEPTED', 'UNKNOWN') order by requested_at, id
    ) as open where call.status <> 'ENDED'
  ) as "openCommands" from call`;

function statementOf(ref: CallRef): Statement {
  return typeof ref === 'string'
    ? { name: 'load_call', text: `${CALL} id = $1 ${WITH_KEYS}`, values: [ref] }
    : {
        name: 'load_provider_call',
        text: `${CALL} provider_id = $1 and provider_call_id = $2 ${WITH_KEYS}`,
        values: [ref.providerId, ref.providerCallId],
      };
}

function loaded(row: CallRow): FetchedCall {
  const { dedupeKeys, openCommands } = row;
  const open = openCommands?.map((each) => rowToCommand(each).command);
  return { call: rowToCall(row), isErased: false, dedupeKeys, ...(open && { openCommands: open }) };
}

/** @param claims of a node in a cluster: a load claims the call, or returns its owner. */
export function createPostgresCallSource(session: Session, claims?: CallClaims): CallSource {
  return {
    ...(claims && {
      release: (refs: readonly ProviderCallRef[]) => claims.release(refs),
      releaseNow: (ref: ProviderCallRef) => claims.releaseNow(ref),
      recovered: (ref: ProviderCallRef) => claims.recovered(ref),
    }),
    async fetchCall(ref, now, { isHere } = {}) {
      const claim = await claims?.claim(ref, isHere);
      if (typeof claim === 'object') return { isErased: false, dedupeKeys: [], owner: claim };
      const [row] = claim === 'NEW' ? [] : await session.rows<CallRow>(statementOf(ref));
      if (row) {
        const left = claim === 'LEFT' ? await unfinishedIn(session, row.id) : undefined;
        return { ...loaded(row), ...(left && { left }) };
      }
      const isErased = typeof ref !== 'string' && (await isRemembered(session, ref, now));
      return { isErased, dedupeKeys: [] };
    },
    async fetchUtterances(callId) {
      const rows = await session.rows<typeof utterances.$inferSelect>({
        name: 'utterances_of_call',
        text: `${selectFrom(utterances)} where call_id = $1 order by order_ms, id`,
        values: [callId],
      });
      return rows.map((row) => rowToUtterance(row).utterance);
    },
  };
}
