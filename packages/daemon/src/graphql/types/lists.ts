/** The lists that page both ways, each with what tells a place in it. */
import type { Call } from '@sidetone/core';
import { placeOfCall, type CallOrder } from '../../history/call-order.ts';
import type { ShownUtterance, StoredCommand } from '../../calls/ports.ts';
import type { TranscriptMatch } from '../../history/ports.ts';
import type { List } from './paging.ts';

/** Calls in one order. */
export const callsIn = (order: CallOrder): List<Call> => ({
  name: `Call ${order.field} ${order.direction}`,
  placeOf: (call) => placeOfCall(call, order),
  isNullable: order.field !== 'CREATED_AT',
});

export const UTTERANCES: List<ShownUtterance> = {
  name: 'Utterance',
  placeOf: ({ orderMs, utterance }) => ({ key: orderMs ?? 0, id: utterance.id }),
};

export const COMMANDS: List<StoredCommand> = {
  name: 'Command',
  placeOf: ({ command }) => ({ key: command.requestedAt, id: command.id }),
};

export const MATCHES: List<TranscriptMatch> = {
  name: 'TranscriptMatch',
  placeOf: ({ utterance: { position, utterance } }) => ({ key: position, id: utterance.id }),
};
