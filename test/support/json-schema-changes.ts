/** Finds what a JSON Schema no longer accepts of what an earlier version of it accepted. */

export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: JsonSchema;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly JsonSchema[];
  readonly [keyword: string]: unknown;
}

/** A smaller value of these accepts less; of the others, a larger one. */
const UPPER_BOUNDS = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems'] as const;
const LOWER_BOUNDS = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems'] as const;

/** Returns one line for each change that can make a valid file invalid. Patterns are compared as texts. */
export function breakingSchemaChanges(before: JsonSchema, after: JsonSchema, path = ''): string[] {
  if (before.anyOf) return changesOfAlternatives(before.anyOf, after, path);
  if (after.anyOf) {
    const fits = after.anyOf.some((option) => breakingSchemaChanges(before, option, path).length === 0);
    return fits ? [] : [`${path}: is no longer accepted`];
  }
  // Every integer is a number.
  const isWider = before.type === 'integer' && after.type === 'number';
  if (after.type !== undefined && String(after.type) !== String(before.type) && !isWider)
    return [`${path}: type ${String(before.type)} became ${String(after.type)}`];
  return [
    ...changesOfValue(before, after, path),
    ...changesOfProperties(before, after, path),
    ...(before.items && after.items ? breakingSchemaChanges(before.items, after.items, `${path}[]`) : []),
    ...(isSchema(before.additionalProperties) && isSchema(after.additionalProperties)
      ? breakingSchemaChanges(before.additionalProperties, after.additionalProperties, `${path}.*`)
      : []),
  ];
}

const isSchema = (value: boolean | JsonSchema | undefined): value is JsonSchema => typeof value === 'object';

function changesOfAlternatives(before: readonly JsonSchema[], after: JsonSchema, path: string): string[] {
  return before.flatMap((option) =>
    breakingSchemaChanges(option, after, path).length === 0 ? [] : [`${path}: an alternative was removed`],
  );
}

function changesOfValue(before: JsonSchema, after: JsonSchema, path: string): string[] {
  const changes: string[] = [];
  const accepted = valuesOf(after);
  const lost =
    accepted && (valuesOf(before) ?? ['other values']).filter((value) => !accepted.includes(value));
  if (lost?.length) changes.push(`${path}: no longer accepts ${lost.join(', ')}`);
  for (const bound of UPPER_BOUNDS)
    if (numberOf(after[bound], Infinity) < numberOf(before[bound], Infinity))
      changes.push(`${path}: ${bound} became smaller`);
  for (const bound of LOWER_BOUNDS)
    if (numberOf(after[bound], -Infinity) > numberOf(before[bound], -Infinity))
      changes.push(`${path}: ${bound} became larger`);
  for (const rule of ['pattern', 'format'])
    if (after[rule] !== undefined && after[rule] !== before[rule]) changes.push(`${path}: ${rule} changed`);
  return changes;
}

function valuesOf({ enum: values, const: value }: JsonSchema): readonly unknown[] | undefined {
  return value === undefined ? values : [value];
}

const numberOf = (value: unknown, missing: number): number => (typeof value === 'number' ? value : missing);

function changesOfProperties(before: JsonSchema, after: JsonSchema, path: string): string[] {
  const changes: string[] = [];
  for (const [key, value] of Object.entries(before.properties ?? {})) {
    const next = after.properties?.[key];
    if (next) changes.push(...breakingSchemaChanges(value, next, `${path}.${key}`));
    else if (after.additionalProperties === false) changes.push(`${path}.${key}: was removed`);
  }
  for (const key of after.required ?? [])
    if (!before.required?.includes(key)) changes.push(`${path}.${key}: became required`);
  if (before.additionalProperties !== false && after.additionalProperties === false)
    changes.push(`${path}: unknown keys are rejected`);
  return changes;
}
