/** Typed documents: the result type of an operation is derived from its text and the schema. */
import { initGraphQLTada } from 'gql.tada';
import type { introspection } from './schema-types.ts';

export const graphql = initGraphQLTada<{
  introspection: introspection;
  scalars: { DateTime: string; Cursor: string; JSON: unknown };
  disableMasking: true;
}>();

export type { ResultOf, VariablesOf } from 'gql.tada';

type Types = introspection['types'];
type EnumName = {
  [Name in keyof Types]: Types[Name] extends { enumValues: string } ? Name : never;
}[keyof Types];

/** The values of an enum of the schema. */
export type EnumOf<Name extends EnumName> = Types[Name]['enumValues'];
