/** The types that documents are checked against match the published schema. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const { introspectionTypes } = (await import(
  /* @vite-ignore */ new URL('../scripts/schema-types.mjs', import.meta.url).href
)) as { readonly introspectionTypes: (sdl: string) => string };

test('schema-types.ts matches docs/reference/schema.graphql (run `pnpm --filter @sidetone/dashboard schema`)', () => {
  const written = readFileSync('packages/dashboard/page/api/schema-types.ts', 'utf8');
  expect(written).toBe(introspectionTypes(readFileSync('docs/reference/schema.graphql', 'utf8')));
});
