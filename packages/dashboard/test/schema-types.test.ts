/** The types that documents are checked with are those of the schema that is published. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const { introspectionTypes } = (await import(
  /* @vite-ignore */ new URL('../scripts/schema-types.mjs', import.meta.url).href
)) as { readonly introspectionTypes: (sdl: string) => string };

test('schema-types.ts is what docs/reference/schema.graphql says: `pnpm --filter @sidetone/dashboard schema`', () => {
  const written = readFileSync('packages/dashboard/page/api/schema-types.ts', 'utf8');
  expect(written).toBe(introspectionTypes(readFileSync('docs/reference/schema.graphql', 'utf8')));
});
