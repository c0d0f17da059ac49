/** Converts a schema to the TypeScript type that gql.tada reads. Pure. */
import {
  buildSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  isScalarType,
  isUnionType,
} from 'graphql';

const HEAD = `/** Generated from docs/reference/schema.graphql by \`pnpm --filter @sidetone/dashboard schema\`. Do not edit. */
`;

/** @param {string} sdl */
export function introspectionTypes(sdl) {
  const schema = buildSchema(sdl);
  const types = Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith('__'));
  const rows = types.map((type) => `    ${type.name}: ${definition(schema, type)};`);
  return `${HEAD}
export type introspection = {
  name: never;
  query: 'Query';
  mutation: 'Mutation';
  subscription: 'Subscription';
  types: {
${rows.join('\n')}
  };
};
`;
}

const union = (names) => (names.length === 0 ? 'never' : names.map((name) => `'${name}'`).join(' | '));

function definition(schema, type) {
  const { name } = type;
  if (isScalarType(type)) return 'unknown';
  if (isEnumType(type)) {
    return `{ name: '${name}'; enumValues: ${union(type.getValues().map((value) => value.name))} }`;
  }
  if (isInputObjectType(type)) {
    return `{ kind: 'INPUT_OBJECT'; name: '${name}'; isOneOf: false; inputFields: [${inputFields(type)}] }`;
  }
  if (isUnionType(type)) {
    const members = union(type.getTypes().map((member) => member.name));
    return `{ kind: 'UNION'; name: '${name}'; fields: {}; possibleTypes: ${members} }`;
  }
  const kind = isObjectType(type) ? 'OBJECT' : 'INTERFACE';
  const possible = isInterfaceType(type) ? `; possibleTypes: ${union(implementers(schema, type))}` : '';
  return `{ kind: '${kind}'; name: '${name}'; fields: { ${fields(type)} }${possible} }`;
}

const implementers = (schema, type) => schema.getImplementations(type).objects.map(({ name }) => name);

const fields = (type) =>
  Object.values(type.getFields())
    .map(({ name, type: of }) => `${name}: { name: '${name}'; type: ${reference(of)} }`)
    .join('; ');

const inputFields = (type) =>
  Object.values(type.getFields())
    .map(
      ({ name, type: of, defaultValue }) =>
        `{ name: '${name}'; type: ${reference(of)}; defaultValue: ${defaultValue === undefined ? 'null' : 'string'} }`,
    )
    .join(', ');

function reference(type) {
  if (isNonNullType(type)) return `{ kind: 'NON_NULL'; name: never; ofType: ${reference(type.ofType)} }`;
  if (isListType(type)) return `{ kind: 'LIST'; name: never; ofType: ${reference(type.ofType)} }`;
  const kind = isScalarType(type)
    ? 'SCALAR'
    : isEnumType(type)
      ? 'ENUM'
      : isInputObjectType(type)
        ? 'INPUT_OBJECT'
        : isUnionType(type)
          ? 'UNION'
          : isInterfaceType(type)
            ? 'INTERFACE'
            : 'OBJECT';
  return `{ kind: '${kind}'; name: '${type.name}'; ofType: null }`;
}
