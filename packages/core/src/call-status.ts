/** The rules of a call's status: what an event reports or implies about it, and which status may follow which. Pure. */
import type { Call } from './call.ts';
import type { ProviderEvent, ProviderEventType } from './provider-event.ts';
import type { CallStatus } from './vocabulary.ts';

/** The statuses that may follow each status. */
export const NEXT_STATUSES = {
  QUEUED: ['RINGING', 'IN_PROGRESS', 'FORWARDING', 'ENDED'],
  RINGING: ['IN_PROGRESS', 'FORWARDING', 'ENDED'],
  IN_PROGRESS: ['FORWARDING', 'ENDED'],
  FORWARDING: ['IN_PROGRESS', 'ENDED'],
  ENDED: [],
} as const satisfies Record<CallStatus, readonly CallStatus[]>;

/** The status that each type of event implies if it reports none: speech, transcripts and key presses need an answered call. */
const IMPLIED_STATUS = {
  'call.started': 'QUEUED',
  'call.status': 'QUEUED',
  'call.ended': 'QUEUED',
  'call.report': 'QUEUED',
  'utterance.partial': 'IN_PROGRESS',
  'utterance.final': 'IN_PROGRESS',
  'speech.started': 'IN_PROGRESS',
  'speech.stopped': 'IN_PROGRESS',
  dtmf: 'IN_PROGRESS',
  'assistant.changed': 'IN_PROGRESS',
  'transfer.started': 'IN_PROGRESS',
  'command.confirmed': 'QUEUED',
  notice: 'QUEUED',
} as const satisfies Record<ProviderEventType, CallStatus>;

const reportedStatus = (event: ProviderEvent): CallStatus | undefined =>
  event.type === 'call.started' || event.type === 'call.status' ? event.status : undefined;

/** Returns the status that a call is created with by its first event. Never ENDED: a call that ends was created before. */
export function firstStatus(event: ProviderEvent): CallStatus {
  const reported = reportedStatus(event);
  return reported === undefined || reported === 'ENDED' ? IMPLIED_STATUS[event.type] : reported;
}

/**
 * Returns the status of a call after an event, which is the current one if the event does not change it. Events may arrive in
 * any order: a status only moves forward, except that a forwarded call may return. Only `call.ended` ends a call.
 * @param call the call before the event; undefined for the first event of a call.
 */
export function nextStatus(
  call: Pick<Call, 'status' | 'statusAt'> | undefined,
  event: ProviderEvent,
): CallStatus {
  const { status, statusAt } = call ?? { status: firstStatus(event), statusAt: event.occurredAt };
  if (status === 'ENDED' || event.type === 'call.ended') return 'ENDED';
  const reported = reportedStatus(event);
  if (reported === undefined) {
    const isWaiting = status === 'QUEUED' || status === 'RINGING';
    return isWaiting && IMPLIED_STATUS[event.type] === 'IN_PROGRESS' ? 'IN_PROGRESS' : status;
  }
  const allowed: readonly CallStatus[] = NEXT_STATUSES[status];
  // A forwarded call returns only by a later event; an earlier one was delayed.
  const isDelayed = status === 'FORWARDING' && event.occurredAt <= statusAt;
  return reported !== 'ENDED' && allowed.includes(reported) && !isDelayed ? reported : status;
}
