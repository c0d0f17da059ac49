import type { CallState } from '../../call/call-state.ts';
import type { VapiCallParts } from './call-parts.ts';

/** Returns a copy of the state that tests can read. */
export function stateOf(call: VapiCallParts): CallState {
  const { record, conversation, callLog, leg } = call;
  return {
    id: record.id,
    provider: 'vapi',
    script: record.script.name,
    status: record.status,
    endedReason: record.endedReason ?? null,
    createdAt: record.createdAt,
    startedAt: record.startedAt ?? null,
    endedAt: record.endedAt ?? null,
    over: call.isOver,
    muted: { ...conversation.muted },
    commands: [...callLog.commands],
    said: callLog.said.map((entry) => ({ ...entry })),
    transcript: [...callLog.transcript],
    deliveries: { ...call.webhookSender.counts },
    streams: call.listeners.states(),
    received: [...callLog.received],
    answers: [...call.requests.answers],
    lost: [...call.messageSender.lost],
    ...(leg === undefined ? {} : { uplink: leg.state() }),
  };
}
