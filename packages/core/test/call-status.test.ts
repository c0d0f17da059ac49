import { describe, expect, test } from 'vitest';
import {
  CALL_STATUSES,
  NEXT_STATUSES,
  nextStatus,
  type CallStatus,
  type ProviderEvent,
} from '@sidetone/core';
import { event } from './call-factory.ts';

const END = { category: 'UNKNOWN' } as const;
const reporting = (status: CallStatus, occurredAt?: number): ProviderEvent =>
  event('call.started', { status }, occurredAt);

describe('NEXT_STATUSES', () => {
  const reachable = (from: CallStatus): Set<CallStatus> => {
    const seen = new Set<CallStatus>();
    const visit = (status: CallStatus): void => {
      if (seen.has(status)) return;
      seen.add(status);
      NEXT_STATUSES[status].forEach(visit);
    };
    visit(from);
    return seen;
  };

  test('reaches every status from QUEUED', () => {
    expect([...reachable('QUEUED')].toSorted()).toEqual([...CALL_STATUSES].toSorted());
  });

  test('reaches ENDED from every status and has no transition from ENDED', () => {
    for (const status of CALL_STATUSES) expect(reachable(status)).toContain('ENDED');
    expect(NEXT_STATUSES.ENDED).toEqual([]);
  });
});

describe('nextStatus', () => {
  test.each([
    [event('call.started', {}), 'QUEUED'],
    [event('call.started', { status: 'RINGING' }), 'RINGING'],
    [reporting('ENDED'), 'QUEUED'],
    [event('dtmf', { digits: '1' }), 'IN_PROGRESS'],
    [event('call.ended', { end: END }), 'ENDED'],
  ])('derives the status of a new call from %o', (first, status) => {
    expect(nextStatus(undefined, first)).toBe(status);
  });

  test.each([
    ['QUEUED', reporting('RINGING'), 'RINGING'],
    ['IN_PROGRESS', reporting('RINGING'), 'IN_PROGRESS'],
    ['RINGING', event('dtmf', { digits: '1' }), 'IN_PROGRESS'],
    ['RINGING', event('call.report', {}), 'RINGING'],
    ['FORWARDING', event('speech.started', { party: 'CUSTOMER' }), 'FORWARDING'],
    ['IN_PROGRESS', reporting('ENDED'), 'IN_PROGRESS'],
    ['ENDED', reporting('IN_PROGRESS'), 'ENDED'],
  ] as const)('moves a call from %s by %o to %s', (status, next, expected) => {
    expect(nextStatus({ status, statusAt: 0 }, next)).toBe(expected);
  });

  test('lets a forwarded call return only by a later event', () => {
    const call = { status: 'FORWARDING', statusAt: 2000 } as const;
    expect(nextStatus(call, reporting('IN_PROGRESS', 2000))).toBe('FORWARDING');
    expect(nextStatus(call, reporting('IN_PROGRESS', 2001))).toBe('IN_PROGRESS');
  });

  test('ends a call in any status by call.ended', () => {
    for (const status of CALL_STATUSES) {
      expect(nextStatus({ status, statusAt: 0 }, event('call.ended', { end: END }))).toBe('ENDED');
    }
  });
});
