import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { FAILURE_CODES, FAULTS, FaultError, Secret, isFault, messageOf } from '@sidetone/core';

describe('FaultError', () => {
  test('is recognised across copies of the package', () => {
    const fromAnotherCopy = Object.assign(new Error('x'), { [Symbol.for('sidetone.fault')]: true });
    expect(isFault(fromAnotherCopy)).toBe(true);
    expect(isFault(new FaultError('INTERNAL', 'x'))).toBe(true);
    expect(isFault(new Error('x'))).toBe(false);
    expect(isFault(undefined)).toBe(false);
  });

  test('has kind, retryability and remedy of its code', () => {
    expect(new FaultError('PROVIDER_TIMEOUT', 'x')).toMatchObject({ kind: 'provider', retryable: false });
    for (const [code, { remedy }] of Object.entries(FAULTS)) expect(remedy, code).toMatch(/^[A-Z].*[.]$/);
  });

  test('has a catalogue entry for every failure code', () => {
    for (const code of FAILURE_CODES) expect(FAULTS).toHaveProperty(code);
  });
});

describe('Secret', () => {
  const secret = new Secret('hunter2');

  test('is redacted when printed, serialised or inspected', () => {
    expect([`${secret.toString()}`, JSON.stringify({ secret }), inspect({ secret })].join()).not.toContain(
      'hunter2',
    );
  });

  test('reveals its value', () => {
    expect(secret.reveal()).toBe('hunter2');
  });
});

test('messageOf returns a message for any thrown value', () => {
  expect(messageOf(new Error('boom'))).toBe('boom');
  expect(messageOf('boom')).toBe('boom');
  expect(messageOf(new Error(''))).toBe('no reason given');
  expect(messageOf(null)).toBe('no reason given');
});
