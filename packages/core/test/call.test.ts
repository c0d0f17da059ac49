import { describe, expect, test } from 'vitest';
import { CALL_STATUSES, NEXT_STATUSES, evolve, type CallStatus } from '@sidetone/core';
import { CALL_ID, event, tell } from './call-factory.ts';

describe('the table of statuses', () => {
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

  test('leads everywhere from QUEUED', () => {
    expect([...reachable('QUEUED')].toSorted()).toEqual([...CALL_STATUSES].toSorted());
  });

  test('leads to the end from everywhere, and nowhere from there', () => {
    for (const status of CALL_STATUSES) expect(reachable(status)).toContain('ENDED');
    expect(NEXT_STATUSES.ENDED).toEqual([]);
  });
});

describe('a call', () => {
  test('takes summary and cost from the report', () => {
    const cost = { amount: 0.12, currency: 'USD' };
    const { call } = tell([event('call.report', { summary: 'Renewed.', cost, providerData: { a: 1 } })]);
    expect(call).toMatchObject({ summary: 'Renewed.', cost, providerData: { a: 1 } });
  });

  test('cannot be made of a log that does not begin with its start', () => {
    expect(() => evolve(undefined, CALL_ID, { type: 'SPEECH_STARTED', party: 'CUSTOMER' }, 0)).toThrow(
      TypeError,
    );
  });
});
