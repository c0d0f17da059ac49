import { FaultError } from '@sidetone/core';
import { describe, expect, test } from 'vitest';
import { EXIT_CODES, exitNameOf } from '../../../src/cli/frame/exit-codes.ts';

describe('the exit code of an error', () => {
  test.each([
    ['INPUT_INVALID', 'USAGE', 2],
    ['AUTH_REQUIRED', 'DENIED', 77],
    ['FORBIDDEN', 'DENIED', 77],
    ['DAEMON_UNREACHABLE', 'UNAVAILABLE', 69],
    ['PROVIDER_REFUSED', 'UNAVAILABLE', 69],
    ['PROVIDER_RATE_LIMITED', 'TEMPORARY', 75],
    ['CALL_STILL_LIVE', 'TEMPORARY', 75],
    ['CALL_NOT_FOUND', 'FAILED', 1],
    ['CONFIG_INVALID', 'CONFIG', 78],
    ['STORE_UNREADABLE', 'FAILED', 1],
  ] as const)('%s is %s', (code, name, number) => {
    expect(exitNameOf(new FaultError(code, 'x'))).toBe(name);
    expect(EXIT_CODES[name].code).toBe(number);
  });

  test('is 1 for an unexpected exception', () => {
    expect(exitNameOf(new TypeError('x'))).toBe('FAILED');
  });
});
