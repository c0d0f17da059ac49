/** Scalars. What a client writes wrongly is told with a code, at its place in the query. */
import { FaultError, messageOf } from '@sidetone/core';
import { GraphQLError } from 'graphql';
import type { Builder, SchemaDeps } from '../builder.ts';

const ISO_8601 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;

function parseInstant(value: unknown): number {
  const instant = typeof value === 'string' && ISO_8601.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(instant)) {
    throw invalid(
      'INPUT_INVALID',
      'a DateTime is an ISO 8601 instant with its zone, like 2026-01-31T12:00:00.000Z',
    );
  }
  return instant;
}

function invalid(code: 'INPUT_INVALID' | 'CURSOR_INVALID', message: string): GraphQLError {
  const fault = new FaultError(code, message);
  return new GraphQLError(message, { extensions: { code, remedy: fault.remedy }, originalError: fault });
}

export function addScalars(builder: Builder, { cursors }: Pick<SchemaDeps, 'cursors'>): void {
  builder.scalarType('DateTime', {
    description: 'An instant, ISO 8601 in UTC with milliseconds.',
    serialize: (epochMs) => new Date(epochMs).toISOString(),
    parseValue: parseInstant,
  });

  builder.scalarType('Cursor', {
    description:
      'An opaque position in the event log. Passed back as `after`, it continues exactly behind that event. It holds across restarts of the daemon, and for its database alone.',
    serialize: (position) => cursors.encode(position),
    parseValue(value) {
      try {
        return cursors.decode(String(value));
      } catch (error) {
        throw invalid('CURSOR_INVALID', messageOf(error));
      }
    },
  });

  builder.scalarType('JSON', {
    description: 'Any JSON value.',
    serialize: (value) => value,
    parseValue: (value) => value,
  });
}
