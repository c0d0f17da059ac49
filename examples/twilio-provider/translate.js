// @ts-check
/** Twilio's words about a call in those of Sidetone. */
import { instantOf, lookUp, present, providerCallId, textOf } from '@sidetone/core';

/** @type {Readonly<Record<string, import('@sidetone/core').CallStatus>>} */
const STATUSES = { queued: 'QUEUED', initiated: 'QUEUED', ringing: 'RINGING', 'in-progress': 'IN_PROGRESS' };

/** Who hung up Twilio does not say. @type {Readonly<Record<string, import('@sidetone/core').EndCategory>>} */
const ENDS = {
  completed: 'UNKNOWN',
  busy: 'BUSY',
  'no-answer': 'NO_ANSWER',
  // It could not be called at all: most often there is no such number.
  failed: 'CONFIGURATION',
  // Given up over the API before it was answered.
  canceled: 'OPERATOR_ENDED',
};

/** @type {Readonly<Record<string, import('@sidetone/core').CallDirection>>} */
const DIRECTIONS = { inbound: 'INBOUND', 'outbound-api': 'OUTBOUND', 'outbound-dial': 'OUTBOUND' };

/** @typedef {Partial<Record<'status' | 'direction' | 'from' | 'to' | 'at', unknown>>} CallNews as Twilio tells it */

/** @param {string} sid @param {CallNews} news @param {number} receivedAt */
export function eventsOf(sid, { status, direction, from, to, at }, receivedAt) {
  const base = { providerCallId: providerCallId(sid), occurredAt: instantOf(at) ?? receivedAt };
  const code = textOf(status) ?? '';
  const category = lookUp(ENDS, code);
  const parts = { direction: lookUp(DIRECTIONS, textOf(direction)), from: textOf(from), to: textOf(to) };
  const known = present({ status: lookUp(STATUSES, code), details: present(parts) });
  /** @type {import('@sidetone/core').ProviderEvent[]} */
  const events = [{ ...base, type: 'call.started', ...known }];
  if (category) events.push({ ...base, type: 'call.ended', dedupeKey: code, end: { category, code } });
  return events;
}
