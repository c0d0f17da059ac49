/**
 * Limits the size of a result while it is produced. The cost of a query limits the number of its fields; this limits the
 * bytes of those whose size depends on the data: texts and JSON values.
 */
import { FaultError, isFault } from '@sidetone/core';
import {
  defaultFieldResolver,
  getNamedType,
  getNullableType,
  isListType,
  isObjectType,
  type GraphQLError,
  type GraphQLField,
  type GraphQLSchema,
} from 'graphql';

/** The scalars whose values have no maximum size. */
const UNBOUNDED_SCALARS = new Set(['String', 'ID', 'JSON']);

/** The length up to which the characters of a text are counted without its escape sequences, for speed. */
const SHORT_TEXT = 1024;

interface Usage {
  bytes: number;
}

const isResponseTooLarge = (error: unknown): boolean =>
  isFault(error) && error.code === 'LIMIT_RESPONSE_BYTES';

/** Adds the limit to the fields of a schema, in place. @param maximum bytes of one result; of a subscription, of one event */
export function limitResponses(schema: GraphQLSchema, maximum: number): GraphQLSchema {
  // Each operation has its own object of coerced variables.
  const usages = new WeakMap<object, Usage>();
  const usageOf = (execution: object): Usage => {
    let usage = usages.get(execution);
    if (!usage) usages.set(execution, (usage = { bytes: 0 }));
    return usage;
  };
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      if (UNBOUNDED_SCALARS.has(getNamedType(field.type).name)) limitField(field, maximum, usageOf);
    }
  }
  for (const field of Object.values(schema.getSubscriptionType()?.getFields() ?? {})) {
    const resolve = field.resolve ?? defaultFieldResolver;
    // The root field of a subscription is resolved once per event, one event at a time.
    field.resolve = (source, args, context, info) => {
      usages.delete(info.variableValues);
      return resolve(source, args, context, info);
    };
  }
  return schema;
}

function limitField(
  field: GraphQLField<unknown, unknown>,
  maximum: number,
  usageOf: (execution: object) => Usage,
): void {
  const resolve = field.resolve ?? defaultFieldResolver;
  // After the first error the result is discarded, so the other fields are not computed.
  const placeholder = isListType(getNullableType(field.type)) ? [] : '';
  field.resolve = (source, args, context, info) => {
    const usage = usageOf(info.variableValues);
    if (usage.bytes > maximum) return placeholder;
    const count = <Value>(value: Value): Value | typeof placeholder => {
      if (usage.bytes > maximum) return placeholder;
      usage.bytes += sizeOf(value);
      if (usage.bytes <= maximum) return value;
      throw new FaultError('LIMIT_RESPONSE_BYTES', `result exceeds limits.responseBytes (${maximum} bytes)`, {
        details: { limit: 'limits.responseBytes', maximum },
      });
    };
    const value: unknown = resolve(source, args, context, info);
    return value instanceof Promise ? value.then(count) : count(value);
  };
}

/** Returns the bytes of a value in JSON. */
function sizeOf(value: unknown): number {
  if (value === null || value === undefined) return 0;
  if (typeof value === 'string' && value.length <= SHORT_TEXT) return value.length;
  return Buffer.byteLength(JSON.stringify(value));
}

/** Returns the error if a result is too large. The data is incomplete then and must not be sent. */
export function responseSizeError(errors: readonly GraphQLError[] | undefined): GraphQLError | undefined {
  return errors?.find(
    ({ extensions, originalError }) =>
      extensions['code'] === 'LIMIT_RESPONSE_BYTES' || isResponseTooLarge(originalError),
  );
}
