import { describe, expect, it } from 'vitest';
import { endCategoryOf } from '../../src/calls/end-reasons.ts';

describe('endCategoryOf', () => {
  it.each([
    [1010, 'CONFIGURATION'],
    [1020, 'LIMIT_REACHED'],
    [2040, 'CONFIGURATION'],
    [3000, 'NO_ANSWER'],
    [3010, 'BUSY'],
    [3020, 'REJECTED'],
    [3080, 'PROVIDER_FAULT'],
    [4010, 'ASSISTANT_ENDED'],
    [4030, 'OPERATOR_ENDED'],
    [5010, 'PROVIDER_FAULT'],
    [6000, 'LIMIT_REACHED'],
    [6020, 'MEDIA_LOST'],
    [7011, 'CONFIGURATION'],
    [7034, 'CONFIGURATION'],
    [8014, 'CONFIGURATION'],
    [9000, 'UNKNOWN'],
    [0, 'UNKNOWN'],
  ])('maps code %d to %s', (code, category) => {
    expect(endCategoryOf({ code })).toBe(category);
  });

  it.each([
    ['Caller', 'INBOUND', 'CUSTOMER_ENDED'],
    ['Callee', 'INBOUND', 'ASSISTANT_ENDED'],
    ['Caller', 'OUTBOUND', 'ASSISTANT_ENDED'],
    ['Callee', 'OUTBOUND', 'CUSTOMER_ENDED'],
    ['Call recipient', 'OUTBOUND', 'CUSTOMER_ENDED'],
    ['API Request', 'INBOUND', 'OPERATOR_ENDED'],
    ['Error', 'INBOUND', 'PROVIDER_FAULT'],
    ['Unknown', 'INBOUND', 'UNKNOWN'],
    [undefined, 'INBOUND', 'UNKNOWN'],
  ] as const)('maps an ordinary end by %s of an %s call to %s', (source, direction, category) => {
    expect(endCategoryOf({ code: 4000, direction, ...(source && { source }) })).toBe(category);
  });

  it('uses the cause if the code is unknown', () => {
    expect(endCategoryOf({ code: 9999, cause: 'USER_BUSY' })).toBe('BUSY');
    expect(endCategoryOf({ cause: 'MEDIA_TIMEOUT' })).toBe('MEDIA_LOST');
    expect(endCategoryOf({ cause: 'NORMAL_CLEARING', source: 'Caller', direction: 'INBOUND' })).toBe(
      'CUSTOMER_ENDED',
    );
    expect(endCategoryOf({ cause: 'SOMETHING_NEW', source: 'Vobiz' })).toBe('UNKNOWN');
    expect(endCategoryOf({})).toBe('UNKNOWN');
  });
});

it.each(Object.getOwnPropertyNames(Object.prototype))('treats the inherited name %s as unknown', (name) => {
  expect(endCategoryOf({ cause: name })).toBe('UNKNOWN');
  expect(endCategoryOf({ cause: 'NORMAL_CLEARING', source: name })).toBe('UNKNOWN');
});
