import { getNamedType, isObjectType } from 'graphql';
import { describe, expect, test } from 'vitest';
import { FIELD_SCOPES, scopeOf } from '../../../src/graphql/guard/access.ts';
import type { SchemaDeps } from '../../../src/graphql/builder.ts';
import { createSchema } from '../../../src/graphql/schema.ts';

const schema = createSchema({} as SchemaDeps);
const objects = Object.values(schema.getTypeMap()).filter(isObjectType);
const fields = objects.flatMap((type) =>
  Object.values(type.getFields()).map((field) => ({ name: `${type.name}.${field.name}`, type, field })),
);

describe('the table of field scopes', () => {
  test('lists every mutation', () => {
    const mutations = fields.filter(({ type }) => type === schema.getMutationType()).map(({ name }) => name);
    expect(mutations.length).toBeGreaterThan(10);
    expect(mutations.filter((name) => !Object.hasOwn(FIELD_SCOPES, name))).toEqual([]);
  });

  test('lists only fields that exist', () => {
    const names = new Set(fields.map(({ name }) => name));
    expect(Object.keys(FIELD_SCOPES).filter((name) => !names.has(name))).toEqual([]);
  });

  test('requires LISTEN for all fields with audio', () => {
    const audio = /^(audioLevels|levels|listenUrl|recording|waveform)$/;
    const fieldsOfAudio = fields.filter(({ field }) => audio.test(field.name));
    const open = fieldsOfAudio.filter(({ type, field }) => scopeOf(type.name, field.name) !== 'LISTEN');
    // Reachable only through `audioLevels`.
    expect(open.map(({ name }) => name)).toEqual(['AudioLevels.levels']);
    expect(fieldsOfAudio.length).toBeGreaterThan(open.length + 4);
  });

  test('requires a scope for every root field except viewer', () => {
    const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
    const rootFields = fields.filter(({ type }) => roots.includes(type));
    expect(
      rootFields.filter(({ type, field }) => !scopeOf(type.name, field.name)).map(({ name }) => name),
    ).toEqual(['Query.viewer']);
  });

  test('requires ADMIN for a mutation that is not listed', () => {
    expect(scopeOf('Mutation', 'forgotten')).toBe('ADMIN');
  });

  test('requires a scope for every field of a call except its id', () => {
    const open = fields.filter(({ type, field }) => type.name === 'Call' && !scopeOf('Call', field.name));
    expect(open.map(({ name }) => name)).toEqual(['Call.id']);
    const payloads = fields.filter(({ type }) => type === schema.getMutationType());
    expect(payloads.some(({ field }) => getNamedType(field.type).name === 'Call')).toBe(true);
  });
});
