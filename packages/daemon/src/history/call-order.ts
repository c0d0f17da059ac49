/** The orders in which calls can be listed. */
import type { Call } from '@sidetone/core';
import type { KeysetPosition } from './paging.ts';

export const ORDER_DIRECTIONS = ['ASC', 'DESC'] as const;
export type OrderDirection = (typeof ORDER_DIRECTIONS)[number];

export const CALL_ORDER_FIELDS = ['CREATED_AT', 'ENDED_AT', 'DURATION'] as const;
export type CallOrderField = (typeof CALL_ORDER_FIELDS)[number];

export interface CallOrder {
  readonly field: CallOrderField;
  readonly direction: OrderDirection;
}

export const NEWEST_FIRST: CallOrder = { field: 'CREATED_AT', direction: 'DESC' };

/** Sort key of a call. A call without a value sorts before all others: first in ASC, last in DESC. */
const KEYS = {
  CREATED_AT: ({ createdAt }) => createdAt,
  ENDED_AT: ({ endedAt }) => endedAt ?? null,
  DURATION: ({ answeredAt, endedAt }) =>
    answeredAt === undefined || endedAt === undefined ? null : endedAt - answeredAt,
} as const satisfies Record<CallOrderField, (call: Call) => number | null>;

/** Returns the position of a call in a list of this order. */
export function positionOfCall(call: Call, { field }: CallOrder): KeysetPosition {
  return { key: KEYS[field](call), id: call.id };
}
