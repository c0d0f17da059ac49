import type { FaultCode } from '@sidetone/core';
import { describe, expect, test } from 'vitest';
import {
  DataError,
  isOutcomeUnknown,
  postgresFailure,
  withoutData,
} from '../../src/store/postgres/connection/failure.ts';

/** An error as the driver reports it. */
const errorWith = (fields: object, message = 'the reason'): Error =>
  Object.assign(new Error(message), fields);

describe('a failure of PostgreSQL', () => {
  test.each<[FaultCode, string]>([
    ['STORE_UNREACHABLE', '08006'],
    ['STORE_UNREACHABLE', '57P01'],
    ['STORE_UNREACHABLE', '57P03'],
    ['STORE_UNREACHABLE', 'ECONNREFUSED'],
    ['STORE_UNREACHABLE', 'ECONNRESET'],
    ['STORE_UNREACHABLE', 'ENOTFOUND'],
    ['STORE_UNREACHABLE', 'ETIMEDOUT'],
    ['STORE_ACCESS_DENIED', '28P01'],
    ['STORE_ACCESS_DENIED', '28000'],
    ['STORE_ACCESS_DENIED', '42501'],
    ['STORE_DATABASE_MISSING', '3D000'],
    ['STORE_DATABASE_MISSING', '3F000'],
    ['STORE_DATABASE_MISSING', '42P01'],
    ['STORE_READ_ONLY', '25006'],
    ['STORE_CONNECTIONS_EXHAUSTED', '53300'],
    ['STORE_WRITE_FAILED', '53100'],
    ['STORE_WRITE_FAILED', '58030'],
    ['STORE_BUSY', '40001'],
    ['STORE_BUSY', '40P01'],
    ['STORE_BUSY', '55P03'],
    ['STORE_BUSY', '57014'],
    ['STORE_BUSY', '25P03'],
    ['STORE_DAMAGED', 'XX001'],
    ['STORE_TLS_FAILED', 'SELF_SIGNED_CERT_IN_CHAIN'],
    ['STORE_TLS_FAILED', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
    ['STORE_TLS_FAILED', 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ['STORE_TLS_FAILED', 'CERT_HAS_EXPIRED'],
  ])('is %s for %s', (code, reported) => {
    const failure = postgresFailure(errorWith({ code: reported }), 'write', 'ada@db:5432/calls');
    expect(failure?.code).toBe(code);
    expect(failure?.message).toBe(`database write at ada@db:5432/calls failed: the reason (${reported})`);
  });

  test.each<[FaultCode, string]>([
    ['STORE_UNREACHABLE', 'Connection terminated unexpectedly'],
    ['STORE_UNREACHABLE', 'Query read timeout'],
    ['STORE_UNREACHABLE', 'timeout exceeded when trying to connect'],
    ['STORE_TLS_FAILED', 'The server does not support SSL connections'],
    ['STORE_ACCESS_DENIED', 'SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string'],
    ['STORE_READ_FAILED', 'another reason'],
  ])('is %s for an error of the driver: %s', (code, message) => {
    expect(postgresFailure(new Error(message), 'read', 'db')?.code).toBe(code);
  });

  test('is that of the first of several addresses', () => {
    const refused = new AggregateError([errorWith({ code: 'ECONNREFUSED' })]);
    expect(postgresFailure(refused, 'read', 'db')?.code).toBe('STORE_UNREACHABLE');
  });

  test('leaves the outcome unknown only if the server did not answer', () => {
    const unknown = ['08006', 'ECONNRESET', '40P01', '53100'].map((code) =>
      isOutcomeUnknown(postgresFailure(errorWith({ code }), 'write', 'db')),
    );
    expect(unknown).toEqual([true, true, false, false]);
  });

  test.each(['22P02', '23505', '54000'])(
    'is not %s, which the data caused and whose message has none of it',
    (code) => {
      const error = errorWith(
        { code, constraint: 'events_pkey', detail: 'Key (secret)' },
        'invalid: "secret"',
      );
      expect(postgresFailure(error, 'write', 'db')).toBeUndefined();
      const shown = withoutData(error) as DataError;
      expect(shown).toBeInstanceOf(DataError);
      expect(shown).toMatchObject({ code, constraint: 'events_pkey', isDuplicate: code === '23505' });
      expect(`${shown.message} ${JSON.stringify(shown)} ${String(shown.cause)}`).not.toContain('secret');
    },
  );
});
