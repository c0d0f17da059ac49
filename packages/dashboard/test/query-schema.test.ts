/** Every query of the schema is used by a page, or listed with the reason why not, so an API without a page is noticed. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSchema, type GraphQLObjectType } from 'graphql';
import { expect, test } from 'vitest';

const schema = buildSchema(
  readFileSync(join(import.meta.dirname, '../../../docs/reference/schema.graphql'), 'utf8'),
);
const PAGE = join(import.meta.dirname, '../page');
const files = readdirSync(PAGE, { recursive: true, encoding: 'utf8' }).filter((file) => /\.tsx?$/.test(file));
/** All GraphQL documents of the page. */
const documents = files
  .filter((file) => !file.endsWith('schema-types.ts'))
  .map((file) => readFileSync(join(PAGE, file), 'utf8'))
  .flatMap((text) => [...text.matchAll(/graphql\(\s*`([^`]*)`/g)].map(([, document]) => document!))
  .join('\n');

/** Fields of `Query` that no page selects, and why. */
const NOT_QUERIED: Readonly<Record<string, string>> = {
  latestCursor: 'subscriptions of the page start with a snapshot',
  node: 'each page knows the type of its objects',
  nodes: 'each page knows the type of its objects',
  provider: 'the pages list all providers',
};

/** Fields of types with a page of their own that it does not show, and why. */
const NOT_SHOWN: Readonly<Record<string, string>> = {
  'ProviderRequest.body': 'the structure of a body is for developers: sidetone inspect',
  'ProviderRequest.bytes': 'for developers: sidetone inspect',
  'ProviderRequest.contentType': 'for developers: sidetone inspect',
  'ProviderRequest.durationMs': 'for developers: sidetone inspect',
  'RetentionRule.removedRows': 'calls are counted instead',
};
const SHOWN_TYPES = [
  'Provider',
  'ProviderNotice',
  'ProviderRequest',
  'Transcriber',
  'Backfill',
  'AccessToken',
  'AuditEntry',
  'RetentionStatus',
  'RetentionRule',
  'CallHold',
  'EraseNumberPayload',
  'CallStats',
  'DurationPercentiles',
];

const isSelected = (field: string): boolean => new RegExp(`^\\s+(?:\\w+: )?${field}\\b`, 'm').test(documents);
const fieldsOf = (type: string): string[] =>
  Object.keys((schema.getType(type) as GraphQLObjectType).getFields());

test('every field of Query is used, or is listed with the reason why not', () => {
  expect(fieldsOf('Query').filter((field) => !isSelected(field) && !(field in NOT_QUERIED))).toEqual([]);
  expect(Object.keys(NOT_QUERIED).filter((field) => !fieldsOf('Query').includes(field))).toEqual([]);
});

test.each(SHOWN_TYPES)('every field of %s is shown, or is listed with the reason why not', (type) => {
  const hidden = fieldsOf(type).filter((field) => !isSelected(field));
  expect(hidden.map((field) => `${type}.${field}`).filter((name) => !(name in NOT_SHOWN))).toEqual([]);
});

test('every argument of the lists of calls is used', () => {
  const { calls, callStats, exportUrl } = schema.getQueryType()!.getFields();
  /** The pages read forwards. */
  const unused = new Set(['before', 'last']);
  for (const field of [calls!, callStats!, exportUrl!])
    for (const { name } of field.args.filter((each) => !unused.has(each.name)))
      expect([field.name, name, new RegExp(`${field.name}\\([^)]*\\b${name}: `).test(documents)]).toEqual([
        field.name,
        name,
        true,
      ]);
});
