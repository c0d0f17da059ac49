import { describe, expect, test } from 'vitest';
import { evolve } from '@sidetone/core';
import { CALL_ID, derive, event } from './call-factory.ts';

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
