/** The lists that the API returns in pages, each with its sort key. */
import type { Call } from '@sidetone/core';
import { positionOfCall, type CallOrder } from '../../history/call-order.ts';
import type { ShownUtterance, StoredCommand } from '../../calls/ports.ts';
import type { TranscriptMatch } from '../../history/ports.ts';
import type { List } from './paging.ts';

export const callsIn = (order: CallOrder): List<Call> => ({
  name: `Call ${order.field} ${order.direction}`,
  positionOf: (call) => positionOfCall(call, order),
  isNullable: order.field !== 'CREATED_AT',
});

export const UTTERANCES: List<ShownUtterance> = {
  name: 'Utterance',
  positionOf: ({ orderMs, utterance }) => ({ key: orderMs ?? 0, id: utterance.id }),
};

export const COMMANDS: List<StoredCommand> = {
  name: 'Command',
  positionOf: ({ command }) => ({ key: command.requestedAt, id: command.id }),
};

export const MATCHES: List<TranscriptMatch> = {
  name: 'TranscriptMatch',
  positionOf: ({ utterance: { position, utterance } }) => ({ key: position, id: utterance.id }),
};
