/**
 * Generates the JSON Schema of the configuration file, for editors: from the schemas that check it, with the descriptions of
 * docs/reference/configuration.md. A placeholder such as `${NAME}` is accepted wherever the file may have one.
 */
import { format } from 'prettier';
import { z } from 'zod';
import { configSchema } from '../../packages/daemon/src/config/schema.ts';
import { optionsSchema as deepgram } from '../../packages/plugin-deepgram/src/config.ts';
import { optionsSchema as vapi } from '../../packages/plugin-vapi/src/config.ts';
import { optionsSchema as vobiz } from '../../packages/plugin-vobiz/src/config.ts';
import { rowsOf } from './documents.ts';

const PLUGINS = {
  providers: { '@sidetone/plugin-vapi': vapi, '@sidetone/plugin-vobiz': vobiz },
  transcribers: { '@sidetone/plugin-deepgram': deepgram },
} as const;

export interface JsonSchema {
  [keyword: string]: unknown;
  properties?: Record<string, JsonSchema>;
  items?: JsonSchema;
  additionalProperties?: JsonSchema | boolean;
  anyOf?: JsonSchema[];
}

const PLACEHOLDER: JsonSchema = { type: 'string', pattern: '\\$\\{.+\\}' };

/** Returns the schema as JSON. */
export function configJsonSchema(): Promise<string> {
  const { $schema, ...root } = schemaOf(configSchema);
  const defaults = configSchema.parse({});
  describe(root, descriptions(), defaults, []);
  for (const [section, plugins] of Object.entries(PLUGINS)) addOptions(root, section, plugins);
  const schema = {
    $schema,
    title: 'Configuration of Sidetone',
    ...root,
  };
  return format(JSON.stringify(schema), { parser: 'json', printWidth: 110 });
}

function schemaOf(schema: z.ZodType): JsonSchema {
  const json = z.toJSONSchema(schema, {
    target: 'draft-7',
    io: 'input',
    unrepresentable: 'any',
    override({ zodSchema, jsonSchema }) {
      const { def } = zodSchema._zod;
      // A value that is converted first, such as a number from an environment variable: its schema is the one after it.
      if (def.type === 'pipe' && def.in._zod.def.type === 'transform')
        Object.assign(jsonSchema, inner(def.out as z.ZodType));
    },
  }) as JsonSchema;
  return withPlaceholders(json);
}

function inner(schema: z.ZodType): object {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return json;
}

/** Accepts a placeholder in place of every value that is not any text. */
function withPlaceholders(schema: JsonSchema): JsonSchema {
  const { properties, items, additionalProperties } = schema;
  const nested: JsonSchema = {
    ...schema,
    ...(properties && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([key, value]) => [key, withPlaceholders(value)]),
      ),
    }),
    ...(items && { items: withPlaceholders(items) }),
    ...(typeof additionalProperties === 'object' && {
      additionalProperties: withPlaceholders(additionalProperties),
    }),
  };
  const isScalar = ['string', 'integer', 'number', 'boolean'].includes(String(schema['type']));
  const { type, default: initial, ...limits } = schema;
  if (!isScalar || (type === 'string' && Object.keys(limits).length === 0)) return nested;
  return { ...(initial !== undefined && { default: initial }), anyOf: [{ type, ...limits }, PLACEHOLDER] };
}

/** Returns the text for each documented key, with `*` for a name that the operator chooses. */
function descriptions(): ReadonlyMap<string, string> {
  return new Map(
    rowsOf('docs/reference/configuration.md')
      .slice(1)
      .map(([key, , text]) => [
        key!.replaceAll('`', '').replaceAll(/<\w+>/g, '*'),
        text!.replaceAll(/\[([^\]]+)\]\([^)]*\)/g, '$1').replaceAll('`', ''),
      ]),
  );
}

function describe(
  schema: JsonSchema,
  texts: ReadonlyMap<string, string>,
  initial: unknown,
  path: readonly string[],
): void {
  const text = texts.get(path.join('.'));
  if (text !== undefined) schema['description'] = text;
  const isPlain = ['string', 'number', 'boolean'].includes(typeof initial);
  if (isPlain && schema['default'] === undefined) schema['default'] = initial;
  const { properties = {}, items, additionalProperties } = schema;
  for (const [key, value] of Object.entries(properties))
    describe(value, texts, (initial as Record<string, unknown> | undefined)?.[key], [...path, key]);
  if (items) describe(items, texts, undefined, [...path, '*']);
  if (typeof additionalProperties === 'object')
    describe(additionalProperties, texts, undefined, [...path, '*']);
}

/** The options of a plugin of ours depend on `plugin`; those of others are not known. */
function addOptions(root: JsonSchema, section: string, plugins: Readonly<Record<string, z.ZodType>>): void {
  const entry = root.properties![section]!.additionalProperties as JsonSchema;
  entry['allOf'] = Object.entries(plugins).map(([name, options]) => {
    const { $schema: _, ...json } = schemaOf(options);
    return {
      if: { properties: { plugin: { const: name } }, required: ['plugin'] },
      // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema; the object is not awaited
      then: { properties: { options: json } },
    };
  });
}
