/**
 * Fails on a change that can break a client, a plugin or a configuration file of the last release. `test/baseline` has its
 * schema, contract and configuration; see docs/reference/versions.md.
 */
import { readFileSync } from 'node:fs';
import { buildSchema, findBreakingChanges } from 'graphql';
import { describe, expect, test } from 'vitest';
import { configSchema } from '../packages/daemon/src/config/schema.ts';
import { optionsSchema as deepgramOptions } from '../packages/plugin-deepgram/src/config.ts';
import { optionsSchema as vapiOptions } from '../packages/plugin-vapi/src/config.ts';
import { optionsSchema as vobizOptions } from '../packages/plugin-vobiz/src/config.ts';
import { breakingContractChanges } from './support/contract-changes.ts';
import { breakingSchemaChanges, type JsonSchema } from './support/json-schema-changes.ts';

const baseline = (name: string): string => readFileSync(`test/baseline/${name}`, 'utf8');
const current = (name: string): string => readFileSync(`docs/reference/${name}`, 'utf8');

const OPTIONS = { daemon: configSchema, vapi: vapiOptions, vobiz: vobizOptions, deepgram: deepgramOptions };

/** Returns what a file may contain: defaults are optional, and transformed values are as they are written. */
const jsonSchemaOf = (schema: (typeof OPTIONS)[keyof typeof OPTIONS]): JsonSchema =>
  schema.toJSONSchema({ io: 'input', unrepresentable: 'any' }) as JsonSchema;

describe('since the last release', () => {
  test('the GraphQL schema has no breaking change', () => {
    const changes = findBreakingChanges(
      buildSchema(baseline('schema.graphql')),
      buildSchema(current('schema.graphql')),
    );
    expect(changes.map(({ description }) => description)).toEqual([]);
  });

  test('the plugin contract has no breaking change', () => {
    expect(breakingContractChanges(baseline('contract.md'), current('contract.md'))).toEqual([]);
  });

  test.each(Object.entries(OPTIONS))('every valid configuration of %s is still accepted', (name, schema) => {
    const released = JSON.parse(baseline('configuration.json')) as Record<string, JsonSchema>;
    expect(breakingSchemaChanges(released[name]!, jsonSchemaOf(schema))).toEqual([]);
  });
});

describe('changes of a configuration', () => {
  const object = (properties: Record<string, JsonSchema>, rest: object = {}): JsonSchema => ({
    type: 'object',
    properties,
    additionalProperties: false,
    ...rest,
  });
  const [text, whole] = [{ type: 'string' }, { type: 'integer', minimum: 1, maximum: 9 }];

  test.each<[string, JsonSchema, JsonSchema]>([
    ['a key is added', object({ a: text }), object({ a: text, b: text })],
    ['a limit is raised', whole, { ...whole, minimum: 0, maximum: 10 }],
    ['a limit is removed', whole, { type: 'integer' }],
    ['an integer becomes a number', whole, { ...whole, type: 'number' }],
    ['an enum grows', { enum: ['a'] }, { enum: ['a', 'b'] }],
    ['a constant becomes an enum', { const: 'a' }, { enum: ['a', 'b'] }],
    ['an alternative is added', text, { anyOf: [whole, text] }],
    ['a key becomes optional', object({ a: text }, { required: ['a'] }), object({ a: text })],
  ])('that are compatible: %s', (_what, before, after) => {
    expect(breakingSchemaChanges(before, after)).toEqual([]);
  });

  test.each<[string, JsonSchema, JsonSchema]>([
    ['.a: was removed', object({ a: text }), object({})],
    ['.a: became required', object({ a: text }), object({ a: text }, { required: ['a'] })],
    ['.a.b: was removed', object({ a: object({ b: text }) }), object({ a: object({}) })],
    [': unknown keys are rejected', { ...object({}), additionalProperties: true }, object({})],
    [': type string became integer', text, whole],
    [': maximum became smaller', whole, { ...whole, maximum: 8 }],
    [': maximum became smaller', { type: 'integer' }, { type: 'integer', maximum: 8 }],
    [': minimum became larger', whole, { ...whole, minimum: 2 }],
    [': no longer accepts b', { enum: ['a', 'b'] }, { enum: ['a'] }],
    [': no longer accepts other values', text, { type: 'string', enum: ['a'] }],
    [': pattern changed', text, { ...text, pattern: '^a$' }],
    [': an alternative was removed', { anyOf: [text, whole] }, text],
    [': is no longer accepted', text, { anyOf: [whole, object({})] }],
    ['[]: type string became integer', { items: text }, { items: whole }],
    ['.*: type string became integer', { additionalProperties: text }, { additionalProperties: whole }],
  ])('that break a file: %s', (change, before, after) => {
    expect(breakingSchemaChanges(before, after)).toEqual([change]);
  });
});

describe('changes of the contract', () => {
  const page = (code: string): string => `### A\n\n\`\`\`ts\n${code}\n\`\`\`\n`;
  const PLUGIN = 'interface Provider {\n  /** Starts. */\n  start(signal: AbortSignal): Promise<void>;\n}';
  const HOST = 'interface ProviderHost {\n  readonly id: string;\n}';
  const add = (code: string, member: string): string => code.replace(/\}$/, `  ${member}\n}`);

  test.each([
    ['an optional method is added to a plugin', PLUGIN, add(PLUGIN, 'mute?(): Promise<void>;')],
    ['a member is added to the host', HOST, add(HOST, 'readonly country: string;')],
    ['a comment changes', PLUGIN, PLUGIN.replace('Starts', 'Begins')],
    ['a value is added', "type Party = 'A' | 'B';", "type Party = 'A' | 'B' | 'C';"],
    [
      'an optional field of an event is added',
      'interface Fields {\n  call: {\n    readonly id: string;\n  };\n}',
      'interface Fields {\n  call: {\n    readonly id: string;\n    readonly name?: string;\n  };\n}',
    ],
    [
      'an optional parameter of a method of the daemon is added',
      add(HOST, 'publicUrl(path: string): URL;'),
      add(HOST, "publicUrl(path: string, scheme?: 'http' | 'ws'): URL;"),
    ],
  ])('that are compatible: %s', (_what, before, after) => {
    expect(breakingContractChanges(page(before), page(after))).toEqual([]);
  });

  test.each([
    ['Provider: was removed', PLUGIN, HOST],
    ['Provider.start: was removed', PLUGIN, 'interface Provider {\n}'],
    ['Provider.mute: a required member was added', PLUGIN, add(PLUGIN, 'mute(): Promise<void>;')],
    [
      'Provider.mute: became required',
      add(PLUGIN, 'mute?(): Promise<void>;'),
      add(PLUGIN, 'mute(): Promise<void>;'),
    ],
    ['Provider.start: its type changed', PLUGIN, PLUGIN.replace('AbortSignal', 'number')],
    [
      'ProviderHost.publicUrl: its type changed',
      add(HOST, 'publicUrl(path: string): URL;'),
      add(HOST, 'publicUrl(path: string, scheme: string): URL;'),
    ],
    ['ProviderHost.id: was removed', HOST, 'interface ProviderHost {\n}'],
    ['ProviderHost.id: became optional', HOST, HOST.replace('id:', 'id?:')],
    ['Party: the value B was removed', "type Party = 'A' | 'B';", "type Party = 'A';"],
  ])('that break a plugin: %s', (change, before, after) => {
    expect(breakingContractChanges(page(before), page(after))).toEqual([change]);
  });
});
