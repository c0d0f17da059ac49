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

describe('the table of scopes', () => {
  test('has a line for every mutation', () => {
    const mutations = fields.filter(({ type }) => type === schema.getMutationType()).map(({ name }) => name);
    expect(mutations.length).toBeGreaterThan(10);
    expect(mutations.filter((name) => !FIELD_SCOPES[name])).toEqual([]);
  });

  test('has no line for what does not exist', () => {
    const names = new Set(fields.map(({ name }) => name));
    expect(Object.keys(FIELD_SCOPES).filter((name) => !names.has(name))).toEqual([]);
  });

  test('keeps all that is heard for those who may listen', () => {
    const heard = /^(audioLevels|levels|listenUrl|recording|waveform)$/;
    const fieldsOfAudio = fields.filter(({ field }) => heard.test(field.name));
    const open = fieldsOfAudio.filter(({ type, field }) => scopeOf(type.name, field.name) !== 'LISTEN');
    // Reached through `audioLevels` alone.
    expect(open.map(({ name }) => name)).toEqual(['AudioLevels.levels']);
    expect(fieldsOfAudio.length).toBeGreaterThan(open.length + 4);
  });

  test('asks something of every way in, but for the one that tells who asks', () => {
    const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
    const ways = fields.filter(({ type }) => roots.includes(type));
    expect(ways.filter(({ type, field }) => !scopeOf(type.name, field.name)).map(({ name }) => name)).toEqual(
      ['Query.viewer'],
    );
  });

  test('gives a mutation that somebody forgot to nobody but an administrator', () => {
    expect(scopeOf('Mutation', 'forgotten')).toBe('ADMIN');
  });

  test('reads no call to whoever got one from a mutation, but for its id', () => {
    const open = fields.filter(({ type, field }) => type.name === 'Call' && !scopeOf('Call', field.name));
    expect(open.map(({ name }) => name)).toEqual(['Call.id']);
    const payloads = fields.filter(({ type }) => type === schema.getMutationType());
    expect(payloads.some(({ field }) => getNamedType(field.type).name === 'Call')).toBe(true);
  });
});
