/** Finds calls, utterances and commands. */
import type { CallId } from '@sidetone/core';
import type { StoredReads } from '../../../calls/loading/ports.ts';
import type { CallLedger, Unfinished } from '../../../calls/ports.ts';
import { rowToCall, rowToCommand, rowToUtterance } from '../../rows.ts';
import type { Asynchronous } from '../asynchronous.ts';
import type { Session } from '../connection/session.ts';
import { calls, commands, listenings, streams, utterances } from '../schema.ts';
import { selectFrom } from '../statements.ts';

type Lookups = Pick<
  Asynchronous<CallLedger & StoredReads>,
  'find' | 'get' | 'knowsKey' | 'utterance' | 'utterances' | 'commandByKey' | 'live' | 'unfinished'
>;

const CALL = selectFrom(calls);
const UTTERANCE = selectFrom(utterances);
const COMMAND = selectFrom(commands);

type CallRow = typeof calls.$inferSelect;
type UtteranceRow = typeof utterances.$inferSelect;
type CommandRow = typeof commands.$inferSelect;

export function createLookups(session: Session): Lookups {
  return {
    async get(callId) {
      const [row] = await session.rows<CallRow>({
        name: 'call_by_id',
        text: `${CALL} where id = $1`,
        values: [callId],
      });
      return row && rowToCall(row);
    },
    async find(providerId, providerCallId) {
      const [row] = await session.rows<CallRow>({
        name: 'call_by_provider_call',
        text: `${CALL} where provider_id = $1 and provider_call_id = $2`,
        values: [providerId, providerCallId],
      });
      return row && rowToCall(row);
    },
    async knowsKey(callId, key) {
      const rows = await session.rows({
        name: 'event_by_key',
        text: 'select 1 from events where call_id = $1 and dedupe_key = $2',
        values: [callId, key],
      });
      return rows.length > 0;
    },
    async utterance(id) {
      const [row] = await session.rows<UtteranceRow>({
        name: 'utterance_by_id',
        text: `${UTTERANCE} where id = $1`,
        values: [id],
      });
      return row && rowToUtterance(row);
    },
    async utterances(callId: CallId) {
      const rows = await session.rows<UtteranceRow>({
        name: 'utterances_of_call',
        text: `${UTTERANCE} where call_id = $1 order by order_ms, id`,
        values: [callId],
      });
      return rows.map((row) => rowToUtterance(row).utterance);
    },
    async commandByKey(requestedBy, key) {
      const [row] = await session.rows<CommandRow>({
        name: 'command_by_key',
        text: `${COMMAND} where requested_by = $1 and idempotency_key = $2`,
        values: [requestedBy, key],
      });
      return row && rowToCommand(row);
    },
    async live() {
      return (await session.rows<CallRow>({ text: `${CALL} where status <> 'ENDED' order by id` })).map(
        rowToCall,
      );
    },
    unfinished: () => unfinishedIn(session),
  };
}

/** Returns what a daemon that ended has left open: of all calls, or of one. */
export async function unfinishedIn(session: Session, callId?: CallId): Promise<Unfinished> {
  const ofCall = callId === undefined ? '' : 'and call_id = $1';
  const values = callId === undefined ? [] : [callId];
  const [open, requested, listening] = await Promise.all([
    session.rows<typeof streams.$inferSelect>({
      text: `${selectFrom(streams)} where ended_at is null ${ofCall} order by id`,
      values,
    }),
    session.rows<CommandRow>({
      text: `${COMMAND} where status = 'REQUESTED' ${ofCall} order by id`,
      values,
    }),
    session.rows<typeof listenings.$inferSelect>({
      text: `${selectFrom(listenings)} where ended_at is null ${ofCall} order by id`,
      values,
    }),
  ]);
  return {
    streams: open.map(({ callId: of, id }) => ({ callId: of, streamId: id })),
    commands: requested.map(rowToCommand),
    listenings: listening,
  };
}
