/** Generates `page/api/schema-types.ts`, from which gql.tada derives the types of documents. */
import { readFileSync, writeFileSync } from 'node:fs';
import { introspectionTypes } from './schema-types.mjs';

const SCHEMA = new URL('../../../docs/reference/schema.graphql', import.meta.url);
const TYPES = new URL('../page/api/schema-types.ts', import.meta.url);

writeFileSync(TYPES, introspectionTypes(readFileSync(SCHEMA, 'utf8')));
