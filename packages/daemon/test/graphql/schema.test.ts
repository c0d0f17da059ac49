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

// Nothing is resolved here: the schema is only looked at.
const schema = createSchema({} as SchemaDeps);

test('the schema is valid', () => {
  expect(validateSchema(schema)).toEqual([]);
});

test('the printed schema is the one that is committed: a change of the API is seen in review', async () => {
  await expect(`${printSchema(lexicographicSortSchema(schema))}\n`).toMatchFileSnapshot(REFERENCE);
});

test('every type, field and argument is described in whole sentences', () => {
  const silent: string[] = [];
  const check = (name: string, description: string | null | undefined): void => {
    if (!description || !/[.`]$/.test(description)) silent.push(name);
  };
  for (const type of Object.values(schema.getTypeMap())) {
    if (isIntrospectionType(type) || isSpecifiedScalarType(type)) continue;
    check(type.name, type.description);
    if (isEnumType(type) || !(isObjectType(type) || isInterfaceType(type) || isInputObjectType(type)))
      continue;
    for (const field of Object.values(type.getFields())) {
      check(`${type.name}.${field.name}`, field.description);
      if ('args' in field)
        for (const { name, description } of field.args)
          check(`${type.name}.${field.name}(${name})`, description);
    }
  }
  expect(silent).toEqual([]);
});
