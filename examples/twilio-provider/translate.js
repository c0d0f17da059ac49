// @ts-check
/** Translates Twilio's call fields into events. */
import { instantOf, getOwn, definedFields, textOf } from '@sidetone/plugin-kit';
import { providerCallId } from '@sidetone/core';

/** @type {Readonly<Record<string, import('@sidetone/core').CallStatus>>} */
const STATUSES = { queued: 'QUEUED', initiated: 'QUEUED', ringing: 'RINGING', 'in-progress': 'IN_PROGRESS' };

/** Twilio does not report who hung up. @type {Readonly<Record<string, import('@sidetone/core').EndCategory>>} */
const ENDS = {
  completed: 'UNKNOWN',
  busy: 'BUSY',
  'no-answer': 'NO_ANSWER',
  // The call could not be placed, most often because the number does not exist.
  failed: 'CONFIGURATION',
  // Canceled over the API before it was answered.
  canceled: 'OPERATOR_ENDED',
};

/** @type {Readonly<Record<string, import('@sidetone/core').CallDirection>>} */
const DIRECTIONS = { inbound: 'INBOUND', 'outbound-api': 'OUTBOUND', 'outbound-dial': 'OUTBOUND' };

/** @typedef {Partial<Record<'status' | 'direction' | 'from' | 'to' | 'at', unknown>>} CallFields as sent by Twilio */

/** @param {string} sid @param {CallFields} fields @param {number} receivedAt */
export function eventsOf(sid, { status, direction, from, to, at }, receivedAt) {
  const base = { providerCallId: providerCallId(sid), occurredAt: instantOf(at) ?? receivedAt };
  const code = textOf(status) ?? '';
  const category = getOwn(ENDS, code);
  const parts = { direction: getOwn(DIRECTIONS, textOf(direction)), from: textOf(from), to: textOf(to) };
  const known = definedFields({ status: getOwn(STATUSES, code), details: definedFields(parts) });
  /** @type {import('@sidetone/core').ProviderEvent[]} */
  const events = [{ ...base, type: 'call.started', ...known }];
  if (category) events.push({ ...base, type: 'call.ended', dedupeKey: code, end: { category, code } });
  return events;
}
