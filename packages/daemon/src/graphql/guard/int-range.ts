/**
 * Fits the results of Int fields into the range of Int, which is 32 bits: a duration of 25 days or a number of bytes must not fail the
 * query. A larger value becomes the nearest one in the range, and a fraction is rounded.
 */
import {
  defaultFieldResolver,
  getNullableType,
  GraphQLInt,
  isObjectType,
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLSchema,
} from 'graphql';
import type { Context } from '../context.ts';

const MIN_INT = -(2 ** 31);
const MAX_INT = 2 ** 31 - 1;

function fit(value: unknown): unknown {
  if (value instanceof Promise) return value.then(fit);
  return typeof value === 'number' ? Math.min(MAX_INT, Math.max(MIN_INT, Math.round(value))) : value;
}

/** Replaces the resolvers of all Int fields, and returns the schema. */
export function fitInts(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    const fields = Object.values(type.getFields()) as GraphQLField<unknown, Context>[];
    for (const field of fields) {
      if (getNullableType(field.type) !== GraphQLInt) continue;
      const resolve: GraphQLFieldResolver<unknown, Context> = field.resolve ?? defaultFieldResolver;
      field.resolve = (source, args, context, info) => fit(resolve(source, args, context, info));
    }
  }
  return schema;
}
