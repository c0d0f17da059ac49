import { fileURLToPath } from 'node:url';
import {
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
  lexicographicSortSchema,
  printSchema,
  validateSchema,
} from 'graphql';
import { expect, test } from 'vitest';
import type { SchemaDeps } from '../../src/graphql/builder.ts';
import { createSchema } from '../../src/graphql/schema.ts';

const REFERENCE = fileURLToPath(new URL('../../../../docs/reference/schema.graphql', import.meta.url));

// Nothing is resolved, so no dependencies are needed.
const schema = createSchema({} as SchemaDeps);

test('the schema is valid', () => {
  expect(validateSchema(schema)).toEqual([]);
});

test('the printed schema matches docs/reference/schema.graphql', async () => {
  await expect(`${printSchema(lexicographicSortSchema(schema))}\n`).toMatchFileSnapshot(REFERENCE);
});

test('every type, field, argument and enum value has a description that ends a sentence', () => {
  const missing: string[] = [];
  const check = (name: string, description: string | null | undefined): void => {
    if (!description || !/[.`]$/.test(description)) missing.push(name);
  };
  for (const type of Object.values(schema.getTypeMap())) {
    if (isIntrospectionType(type) || isSpecifiedScalarType(type)) continue;
    check(type.name, type.description);
    if (isEnumType(type))
      for (const value of type.getValues()) check(`${type.name}.${value.name}`, value.description);
    if (!(isObjectType(type) || isInterfaceType(type) || isInputObjectType(type))) continue;
    for (const field of Object.values(type.getFields())) {
      check(`${type.name}.${field.name}`, field.description);
      if ('args' in field)
        for (const { name, description } of field.args)
          check(`${type.name}.${field.name}(${name})`, description);
    }
  }
  expect(missing).toEqual([]);
});
