/** Translates a message of Acme into events. Pure, so it is tested without fakes. */
import { providerCallId } from '@sidetone/core';
import { getOwn, instantOf, numberOf, textOf } from '@sidetone/plugin-kit';

const PARTIES = { caller: 'CUSTOMER', agent: 'ASSISTANT' };
const ENDS = {
  caller: 'CUSTOMER_ENDED',
  agent: 'ASSISTANT_ENDED',
  busy: 'BUSY',
};

/** Translates each type of message. */
const TRANSLATIONS = {
  ringing: (base) => ({ ...base, type: 'call.started', status: 'RINGING' }),
  answered: (base) => ({ ...base, type: 'call.started', status: 'IN_PROGRESS' }),
  said: (base, { by, text, line }) => ({
    ...base,
    type: 'utterance.final',
    party: getOwn(PARTIES, textOf(by)) ?? 'UNKNOWN',
    text: textOf(text) ?? '',
    // Acme delivers a message again if it gets no answer in time.
    dedupeKey: `line:${numberOf(line)}`,
  }),
  ended: (base, { by }) => ({
    ...base,
    type: 'call.ended',
    end: { category: getOwn(ENDS, textOf(by)) ?? 'UNKNOWN', code: textOf(by) ?? 'none' },
  }),
};

/** Returns the events of a message; empty if the message is unknown or names no call. */
export function eventsOf({ call, event, at, ...fields }, receivedAt) {
  const id = textOf(call);
  const translate = getOwn(TRANSLATIONS, textOf(event));
  if (id === undefined || translate === undefined) return [];
  const base = { providerCallId: providerCallId(id), occurredAt: instantOf(at) ?? receivedAt };
  return [translate(base, fields)];
}
