/** Custom scalars. An invalid value is rejected with an error code and its position in the query. */
import { FaultError, isFault, messageOf, type FaultCode } from '@sidetone/core';
import { GraphQLError } from 'graphql';
import type { Builder, SchemaDeps } from '../builder.ts';

/** The latest time that a Date can represent, epoch ms; the earliest is its negative. */
const MAX_DATE = 8.64e15;

const ISO_8601 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;

function parseInstant(value: unknown): number {
  const instant = typeof value === 'string' && ISO_8601.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(instant)) {
    throw invalid(
      'INPUT_INVALID',
      'expected a DateTime in ISO 8601 with a time zone, such as 2026-01-31T12:00:00.000Z',
    );
  }
  return instant;
}

function invalid(code: FaultCode, message: string): GraphQLError {
  const fault = new FaultError(code, message);
  return new GraphQLError(message, { extensions: { code, remedy: fault.remedy }, originalError: fault });
}

export function addScalars(builder: Builder, { cursors }: Pick<SchemaDeps, 'cursors'>): void {
  builder.scalarType('DateTime', {
    description:
      'A point in time in ISO 8601. Returned in UTC with milliseconds; accepted with any time zone.',
    // A time that no date can represent becomes the nearest one.
    serialize: (epochMs) => new Date(Math.min(MAX_DATE, Math.max(-MAX_DATE, epochMs))).toISOString(),
    parseValue: parseInstant,
  });

  builder.scalarType('Cursor', {
    description:
      'An opaque position in the event log. As `after`, it continues with the event that follows. It remains valid after a restart of the daemon, but only for the same database. If an earlier copy of the database was restored, a cursor of an event that is not in the copy is rejected with `CURSOR_LOG_REPLACED`: read `latestCursor`, then a snapshot with `calls` or `liveCalls`, and continue from that cursor.',
    serialize: (position) => cursors.encode(position),
    parseValue(value) {
      try {
        return cursors.decode(String(value));
      } catch (error) {
        throw invalid(isFault(error) ? error.code : 'CURSOR_INVALID', messageOf(error));
      }
    },
  });

  builder.scalarType('JSON', {
    description: 'Any JSON value.',
    serialize: (value) => value,
    parseValue: (value) => value,
  });
}
