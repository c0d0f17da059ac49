import { buildSchema, parse, validate } from 'graphql';
import { describe, expect, test } from 'vitest';
import { measure } from '../../../src/graphql/guard/query-size.ts';

const schema = buildSchema(`
  type Query { calls(first: Int, last: Int): Calls  call: Call  nodes(ids: [ID!]!): [Call]  providers: [Call!]! }
  type Calls { nodes: [Call!]!  edges: [Edge!]!  totalCount: Int! }
  type Edge { node: Call!  cursor: ID! }
  type Call { id: ID!  tags: [String!]!  lines(first: Int): Lines!  next: Call }
  type Lines { nodes: [Line!]! }
  type Line { text: String! }
`);

function sizeOf(text: string, variableValues: Record<string, unknown> = {}, operationName?: string) {
  const document = parse(text);
  expect(validate(schema, document)).toEqual([]);
  return measure({ schema, document, variableValues, operationName }, 200);
}

const costOf = (text: string, variables?: Record<string, unknown>) => sizeOf(text, variables)?.cost;

describe('the cost of a query is the number of fields in its largest possible result:', () => {
  test.each([
    ['{ call { id tags } }', 3],
    // The list itself, and the selected fields of each item.
    ['{ calls(first: 100) { nodes { id } } }', 1 + 100 * 2],
    ['{ calls(last: 100) { totalCount edges { cursor node { id } } } }', 1 + 1 + 100 * 4],
    ['{ calls(first: 100) { nodes { lines(first: 10) { nodes { text } } } } }', 1 + 100 * (1 + 1 + 10 * 2)],
    ['{ calls(first: 100) { nodes { lines { nodes { text } } } } }', 1 + 100 * (1 + 1 + 50 * 2)],
    ['{ calls { nodes { id } } }', 1 + 50 * 2],
    ['{ calls(first: null) { nodes { id } } }', 1 + 50 * 2],
    ['{ nodes(ids: ["a", "b", "c"]) { id } }', 3 * 2],
    ['{ providers { id } }', 10 * 2],
    // Rejected later because of its page size, which the cost does not count beyond the limit.
    ['{ calls(first: 1000000000) { nodes { id } } }', 1 + 200 * 2],
    ['{ calls(first: -5) { nodes { id } } }', 1],
  ])('%s has %i', (text, cost) => {
    expect(costOf(text)).toBe(cost);
  });

  test('a page size can come from a variable or its default', () => {
    const query = 'query ($n: Int = 7) { calls(first: $n) { nodes { id } } }';
    expect([costOf(query), costOf(query, { n: 3 }), costOf(query, { n: null })]).toEqual([
      1 + 7 * 2,
      1 + 3 * 2,
      1 + 50 * 2,
    ]);
    expect(costOf('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids: ['a', 'b'] })).toBe(2 * 2);
  });

  test('a fragment is counted with the page size of each place where it is spread', () => {
    const lines = 'fragment L on Call { lines(first: 10) { nodes { text } } }';
    expect(costOf(`{ call { ...L } calls(first: 5) { nodes { ...L } } } ${lines}`)).toBe(
      1 + (1 + 20) + 1 + 5 * (1 + 1 + 20),
    );
    const page = 'fragment P on Calls { nodes { id } }';
    expect(costOf(`{ a: calls(first: 2) { ...P } b: calls(first: 9) { ...P } } ${page}`)).toBe(
      1 + 4 + 1 + 18,
    );
  });
});

describe('depth and aliases', () => {
  test('include fragments, named and inline', () => {
    const size = sizeOf(
      '{ a: call { ...F ... { next { next { id } } } } } fragment F on Call { x: id ...G } fragment G on Call { y: id }',
    );
    expect(size).toMatchObject({ depth: 4, aliases: 3 });
  });

  test('are measured in linear time for fragments that double thirty times', () => {
    const doubling = Array.from(
      { length: 30 },
      (_, i) => `fragment F${i} on Call { a: next { ...F${i + 1} } b: next { ...F${i + 1} } }`,
    ).join(' ');
    const size = sizeOf(`{ call { ...F0 } } ${doubling} fragment F30 on Call { id }`);
    expect(size?.aliases).toBe(2 ** 31 - 2);
    expect(size?.depth).toBe(32);
  });
});

test('only the selected operation is measured', () => {
  const two = 'query A { call { id } } query B { calls(first: 100) { nodes { id } } }';
  expect(sizeOf(two, {}, 'A')?.cost).toBe(2);
  expect(sizeOf(two, {}, 'C')).toBeUndefined();
});

test('selecting the schema counts as introspection, selecting __typename does not', () => {
  expect(sizeOf('{ __schema { types { name } } }')).toMatchObject({ introspects: true, depth: 3 });
  expect(
    sizeOf('{ call { __typename ... { ...F } } } fragment F on Call { next { __typename } }'),
  ).toMatchObject({
    introspects: false,
  });
  expect(sizeOf('{ ...F } fragment F on Query { __type(name: "Call") { name } }')?.introspects).toBe(true);
});
