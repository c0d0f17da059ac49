/** Compares the JSON Schema for editors with the schemas that check a configuration. `npx vitest run test/config-schema -u` regenerates it. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { configJsonSchema, type JsonSchema } from './support/config-json-schema.ts';
import { configurationKeys } from './support/documents.ts';

const FILE = 'packages/daemon/sidetone.schema.json';

/** Returns the schema of a documented key. */
function schemaAt(root: JsonSchema, key: string): JsonSchema | undefined {
  return key.split('.').reduce<JsonSchema | undefined>((schema, name) => {
    if (!name.startsWith('<')) return schema?.properties?.[name];
    return schema?.items ?? (schema?.additionalProperties as JsonSchema | undefined);
  }, root);
}

test(`${FILE} matches the schemas of the configuration and of the plugins`, async () => {
  await expect(await configJsonSchema()).toMatchFileSnapshot(`../${FILE}`);
});

test('has every documented key, with its description', async () => {
  const root = JSON.parse(await configJsonSchema()) as JsonSchema;
  const missing = configurationKeys().filter((key) => schemaAt(root, key)?.['description'] === undefined);
  expect(missing).toEqual([]);
});

test('has the options of each plugin', async () => {
  const text = await configJsonSchema();
  for (const [plugin, option] of [
    ['vapi', 'forwardWebhooksTo'],
    ['vobiz', 'authToken'],
    ['deepgram', 'smartFormat'],
  ])
    expect([text.includes(`"@sidetone/plugin-${plugin}"`), text.includes(`"${option}"`)]).toEqual([
      true,
      true,
    ]);
});

test('is published with the package', () => {
  const { files } = JSON.parse(readFileSync('packages/daemon/package.json', 'utf8')) as { files: string[] };
  expect(files).toContain('sidetone.schema.json');
});
