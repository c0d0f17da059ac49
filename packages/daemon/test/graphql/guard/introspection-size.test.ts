import {
  __Schema,
  buildSchema,
  executeSync,
  getIntrospectionQuery,
  parse,
  specifiedRules,
  validate,
} from 'graphql';
import { describe, expect, test, vi } from 'vitest';
import type { SchemaDeps } from '../../../src/graphql/builder.ts';
import { IntrospectionWalk } from '../../../src/graphql/guard/introspection-size.ts';
import { createQueryLimits } from '../../../src/graphql/guard/limits.ts';
import { measure } from '../../../src/graphql/guard/query-size.ts';
import { createSchema } from '../../../src/graphql/schema.ts';

const schema = createSchema({} as SchemaDeps);
/** The defaults of the configuration. */
const LIMITS = {
  queryTokens: 2000,
  queryDepth: 15,
  queryAliases: 50,
  queryCost: 50_000,
  introspection: true,
  pageSize: 200,
};
const limits = createQueryLimits(LIMITS);

/** Returns the code with which the default limits reject a valid query. */
function codeOf(text: string, variableValues: Record<string, unknown> = {}): string | undefined {
  const document = parse(text);
  expect(validate(schema, document, specifiedRules)).toEqual([]);
  try {
    limits.checkText(text);
    limits.checkSize({ schema, document, variableValues });
    return undefined;
  } catch (error) {
    return (error as { code?: string }).code;
  }
}

/** Counts the fields of a result. */
function fieldsIn(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + fieldsIn(item), 0);
  if (value === null || typeof value !== 'object') return 0;
  return Object.values(value).reduce<number>((sum, inner) => sum + 1 + fieldsIn(inner), 0);
}

const costOf = (text: string, variableValues = {}) =>
  measure({ schema, document: parse(text), variableValues }, 200);

const numbered = (count: number, item: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => item(i)).join(' ');

describe('the cost of introspection is the number of fields in its result:', () => {
  test.each([
    ['{ __schema { queryType { name } } }'],
    ['{ __schema { types { name fields(includeDeprecated: true) { name args { name } } } } }'],
    ['{ __type(name: "Call") { name fields { type { name ofType { name ofType { name } } } } } }'],
    ['{ __type(name: "NoSuchType") { name fields { name } } }'],
    ['query ($n: String = "CallEvent") { __type(name: $n) { possibleTypes { name interfaces { name } } } }'],
    ['{ __schema { directives { name args { name type { kind } } } } }'],
    ['{ ...Q } fragment Q on Query { __schema { ... { ...S } } } fragment S on __Schema { types { kind } }'],
  ])('%s', (query) => {
    const result = executeSync({ schema, document: parse(query) });
    expect(costOf(query)?.cost).toBe(fieldsIn(result.data));
  });
});

describe('the default limits execute the introspection query', () => {
  test.each([
    ['of GraphiQL and codegen tools', getIntrospectionQuery()],
    [
      'with every option',
      getIntrospectionQuery({
        descriptions: true,
        specifiedByUrl: true,
        directiveIsRepeatable: true,
        schemaDescription: true,
        inputValueDeprecation: true,
        oneOf: true,
      }),
    ],
  ])('%s, with room for a schema half as large again', (_tool, query) => {
    expect(codeOf(query)).toBeUndefined();
    expect(costOf(query)!.cost * 1.5).toBeLessThan(LIMITS.queryCost);
  });
});

/** Selects the fields of the types of all fields, below the list and non-null types that wrap them. */
const FIELDS = 'fields { type { ...E ofType { ...E ofType { ...E ofType { ...E } } } } }';
const T = 'type { name kind ofType { name kind ofType { name kind ofType { name kind } } } }';
const E = `fragment E on __Type { name fields { name description ${T} args { name description ${T} } } }`;

describe('the default limits reject', () => {
  test.each([
    [
      'nested fragments with few aliases',
      `{ __schema { ...S } } fragment S on __Schema { ${numbered(5, (i) => `s${i}: types { ...T }`)} }
       fragment T on __Type { ${numbered(5, (i) => `t${i}: fields { ...F }`)} }
       fragment F on __Field { ${numbered(5, (i) => `f${i}: type { name ofType { name } }`)} }`,
      'LIMIT_QUERY_ALIASES',
    ],
    [
      'nested fragments with forty aliases a level',
      `{ __schema { ...S } } fragment S on __Schema { ${numbered(40, (i) => `s${i}: types { ...T }`)} }
       fragment T on __Type { ${numbered(40, (i) => `t${i}: fields { ...F }`)} }
       fragment F on __Field { ${numbered(40, (i) => `f${i}: type { name }`)} }`,
      'LIMIT_QUERY_ALIASES',
    ],
    [
      'few aliases, in a fragment on Query',
      `{ ...Q } fragment Q on Query { ${numbered(10, (i) => `a${i}: __schema { types { ${FIELDS} } }`)} }`,
      'LIMIT_QUERY_COST',
    ],
    [
      'types by name',
      `{ ${numbered(40, (i) => `t${i}: __type(name: "Mutation") { ${FIELDS} }`)} }`,
      'LIMIT_QUERY_COST',
    ],
    [
      'types by a variable',
      `query ($n: String!) { ${numbered(40, (i) => `t${i}: __type(name: $n) { ${FIELDS} }`)} }`,
      'LIMIT_QUERY_COST',
    ],
    [
      'inline fragments',
      `{ ... on Query { __schema { ... { ${numbered(3, (i) => `t${i}: types { ... on __Type { ${FIELDS} } }`)} } } } }`,
      'LIMIT_QUERY_COST',
    ],
    [
      'three aliases a level',
      `{ __schema { ...S } } fragment S on __Schema { ${numbered(3, (i) => `s${i}: types { ...T }`)} }
       fragment T on __Type { ${numbered(3, (i) => `t${i}: fields { ...F }`)} }
       fragment F on __Field { ${numbered(3, (i) => `f${i}: type { name kind description ofType { name } }`)} }`,
      'LIMIT_QUERY_COST',
    ],
  ])('introspection by %s', (_kind, selection, code) => {
    const query = selection.includes('...E') ? `${selection} ${E}` : selection;
    expect(codeOf(query, { n: 'Mutation' })).toBe(code);
    expect(costOf(query, { n: 'Mutation' })?.cost).toBeGreaterThan(LIMITS.queryCost);
  });
});

test('a fragment that is spread many times is measured once for each element of the schema', () => {
  const small = buildSchema('type Query { a: Int b: Int }');
  const text = `{ __schema { ...F0 } } ${numbered(30, (i) => `fragment F${i} on __Schema { ...F${i + 1} ...F${i + 1} }`)}
    fragment F30 on __Schema { types { name } }`;
  const document = parse(text);
  const types = Object.keys(small.getTypeMap()).length;
  expect(measure({ schema: small, document }, 200)?.cost).toBe(1 + 2 ** 30 * (1 + types));

  const [operation, ...fragments] = document.definitions as never[] as {
    name: { value: string };
    selectionSet: { selections: { selectionSet: never }[] };
  }[];
  const byName = new Map(fragments.map((fragment) => [fragment.name.value, fragment as never]));
  const walk = new IntrospectionWalk(small, byName, 1000);
  const before = walk.stepsLeft;
  walk.measure(operation!.selectionSet.selections[0]!.selectionSet, '__Schema', small);
  expect(before - walk.stepsLeft).toBe(1 + 30 * 2 + 1);
});

test.each([
  ['too many aliases', `{ __schema { ${numbered(51, (i) => `a${i}: types { name }`)} } }`, limits],
  [
    'too many aliases in fragments',
    `{ __schema { ...S } } fragment S on __Schema { ${numbered(8, (i) => `s${i}: types { ...T }`)} }
     fragment T on __Type { ${numbered(8, (i) => `t${i}: fields { name }`)} }`,
    limits,
  ],
  [
    'disabled introspection',
    '{ __schema { types { fields { name } } } }',
    createQueryLimits({ ...LIMITS, introspection: false }),
  ],
])('a query with %s is rejected before the schema is read', (_what, query, checked) => {
  const readTypes = vi.spyOn(__Schema.getFields()['types']!, 'resolve');
  expect(() => checked.checkSize({ schema, document: parse(query) })).toThrow(/aliases|introspection/);
  expect(readTypes).not.toHaveBeenCalled();
  readTypes.mockRestore();
});

test('the measurement stops when the cost exceeds the limit', () => {
  const deep = `{ __schema { types { ${'fields { type { '.repeat(3)} name ${'} }'.repeat(3)} } } }`;
  const document = parse(deep);
  expect(measure({ schema, document }, 200, 100)?.cost).toBe(Infinity);
});
