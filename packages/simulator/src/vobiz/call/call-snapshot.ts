import type { CallState } from '../../call/call-state.ts';
import type { VobizCallParts } from './call-parts.ts';

/** Returns a copy of the state that tests can read. */
export function stateOf(call: VobizCallParts): CallState {
  const { record, conversation, callLog } = call;
  return {
    id: record.id,
    provider: 'vobiz',
    script: call.deps.script.name,
    status: record.status,
    endedReason: record.hangup?.code ?? null,
    createdAt: record.createdAt,
    startedAt: record.answeredAt ?? null,
    endedAt: record.endedAt ?? null,
    over: call.isOver,
    muted: { ...conversation.muted },
    commands: [...callLog.commands],
    said: callLog.said.map((entry) => ({ ...entry })),
    transcript: [...callLog.transcript],
    deliveries: { ...call.webhookSender.counts },
    streams: call.streams.flatMap((stream) => stream.states()),
    vobiz: {
      direction: record.direction,
      from: record.from,
      to: record.to,
      digitsSent: call.digitsSent,
      digitsPressed: call.digitsPressed,
      recordings: call.recordings.all.map(({ id, startedAt, endedAt, endReason }) => ({
        id,
        startedAt,
        endedAt,
        endReason,
      })),
      conference: call.member?.room.name ?? null,
      notes: [...call.notes],
    },
  };
}
