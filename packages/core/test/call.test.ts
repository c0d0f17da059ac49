import { describe, expect, test } from 'vitest';
import { CALL_STATUSES, NEXT_STATUSES, evolve, type CallStatus } from '@sidetone/core';
import { CALL_ID, derive, event } from './call-factory.ts';

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

describe('evolve', () => {
  test('stores summary and cost of a report', () => {
    const cost = { amount: 0.12, currency: 'USD' };
    const { call } = derive([event('call.report', { summary: 'Renewed.', cost, providerData: { a: 1 } })]);
    expect(call).toMatchObject({ summary: 'Renewed.', cost, providerData: { a: 1 } });
  });

  test('throws if the first event is not CALL_STARTED', () => {
    expect(() => evolve(undefined, CALL_ID, { type: 'SPEECH_STARTED', party: 'CUSTOMER' }, 0)).toThrow(
      TypeError,
    );
  });
});
