import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { FAILURE_CODES, FAULTS, FaultError, Secret, isFault, messageOf } from '@sidetone/core';

describe('a fault', () => {
  test('is known by its brand, not by its class: a plugin may carry its own copy of this package', () => {
    const fromAnotherCopy = Object.assign(new Error('x'), { [Symbol.for('sidetone.fault')]: true });
    expect(isFault(fromAnotherCopy)).toBe(true);
    expect(isFault(new FaultError('INTERNAL', 'x'))).toBe(true);
    expect(isFault(new Error('x'))).toBe(false);
    expect(isFault(undefined)).toBe(false);
  });

  test('tells its kind, whether to try again, and what to do', () => {
    expect(new FaultError('PROVIDER_TIMEOUT', 'x')).toMatchObject({ kind: 'provider', retryable: false });
    for (const [code, { remedy }] of Object.entries(FAULTS)) expect(remedy, code).toMatch(/^[A-Z].*[.]$/);
  });

  test('of a command is one of the catalogue', () => {
    for (const code of FAILURE_CODES) expect(FAULTS).toHaveProperty(code);
  });
});

describe('a secret', () => {
  const secret = new Secret('hunter2');

  test('prints as [redacted] however it is printed', () => {
    expect([`${secret.toString()}`, JSON.stringify({ secret }), inspect({ secret })].join()).not.toContain(
      'hunter2',
    );
  });

  test('is there for the one who needs it', () => {
    expect(secret.reveal()).toBe('hunter2');
  });
});

test('anything that was thrown has a message', () => {
  expect(messageOf(new Error('boom'))).toBe('boom');
  expect(messageOf('boom')).toBe('boom');
  expect(messageOf(new Error(''))).toBe('no reason was given');
  expect(messageOf(null)).toBe('no reason was given');
});
