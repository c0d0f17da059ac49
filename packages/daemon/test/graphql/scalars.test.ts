import { execute, parse, type GraphQLObjectType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { LOCAL_VIEWER } from '../../src/access/viewer.ts';
import type { SchemaDeps } from '../../src/graphql/builder.ts';
import { createSchema } from '../../src/graphql/schema.ts';

const DAY_MS = 24 * 60 * 60_000;
const MAX_INT = 2 ** 31 - 1;

/** Returns the given field of a call. */
async function fieldOfCall(field: string, call: object): Promise<unknown> {
  const schema = createSchema({
    history: { callByProviderId: () => Promise.resolve({ statusAt: 0, ...call }) },
    now: () => 0,
  } as unknown as SchemaDeps);
  const { data, errors } = await execute({
    schema,
    document: parse(`{ callByProviderId(providerId: "p", providerCallId: "c") { ${field} } }`),
    contextValue: { viewer: LOCAL_VIEWER, client: 'test' },
  });
  expect(errors).toBeUndefined();
  return (data!['callByProviderId'] as Record<string, unknown>)[field];
}

describe('Int', () => {
  it.each([
    [2000, 2000],
    [25 * DAY_MS, MAX_INT],
    [900 * DAY_MS, MAX_INT],
    [1000.4, 1000],
  ])('returns a duration of %d ms as %d', async (duration, expected) => {
    expect(await fieldOfCall('durationMs', { answeredAt: 1000, endedAt: 1000 + duration })).toBe(expected);
  });

  it('is null if the value is unknown', async () => {
    expect(await fieldOfCall('durationMs', {})).toBeNull();
  });

  it('is fitted in every type', () => {
    const { bytes, sampleRate } = (
      createSchema({} as SchemaDeps).getType('MediaStream') as GraphQLObjectType
    ).getFields();
    const stream = { bytes: 3e12, sampleRate: 8000 };
    expect(bytes!.resolve!(stream, {}, {}, { fieldName: 'bytes' } as never)).toBe(MAX_INT);
    expect(sampleRate!.resolve!(stream, {}, {}, { fieldName: 'sampleRate' } as never)).toBe(8000);
  });
});

describe('DateTime', () => {
  it.each([
    [1e300, '+275760-09-13T00:00:00.000Z'],
    [-1e300, '-271821-04-20T00:00:00.000Z'],
    [0.5, '1970-01-01T00:00:00.000Z'],
  ])('returns %d as %s', async (at, expected) => {
    expect(await fieldOfCall('createdAt', { createdAt: at })).toBe(expected);
  });
});
