/** Variants of a message as a hostile sender would write it: one field replaced by a value that careless code fails on. */

/** Names of `Object.prototype`: a table that is read without a check of own properties contains them. */
const PROTOTYPE_NAMES: readonly string[] = ['constructor', '__proto__', 'toString', 'hasOwnProperty'];
/** Code that walks such a value recursively overflows the stack. */
const DEEP_LEVELS = 10_000;
const DEEP = '['.repeat(DEEP_LEVELS) + ']'.repeat(DEEP_LEVELS);
const HUGE_TEXT = 'x '.repeat(50_000);
const LONG_LIST: readonly unknown[] = Array.from({ length: 2000 }, () => ({}));
/** Replaced in the encoded JSON, because a deep value cannot be encoded without recursion. */
const DEEP_MARKER = '\u0000deep';

const HOSTILE_VALUES: readonly unknown[] = [...PROTOTYPE_NAMES, HUGE_TEXT, DEEP_MARKER, LONG_LIST];

/** A message with one hostile field. */
export interface HostileMessage {
  /** The path of the field. */
  readonly field: string;
  readonly body: Uint8Array;
}

type FieldPath = readonly (string | number)[];

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Returns a variant of a body for each field and hostile value. Empty if the body is neither JSON nor a form. */
export function hostileVariantsOf(body: Uint8Array): readonly HostileMessage[] {
  const text = new TextDecoder().decode(body);
  if (!text.startsWith('{') && !text.startsWith('[')) return formVariantsOf(text);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return [];
  }
  return fieldsOf(value).flatMap((path) =>
    HOSTILE_VALUES.map((by) => ({
      field: path.join('.'),
      body: encode(JSON.stringify(replaceAt(value, path, by)).replaceAll(JSON.stringify(DEEP_MARKER), DEEP)),
    })),
  );
}

function formVariantsOf(text: string): readonly HostileMessage[] {
  const fields = new URLSearchParams(text);
  return [...new Set(fields.keys())].flatMap((field) =>
    [...PROTOTYPE_NAMES, HUGE_TEXT, DEEP].map((by) => {
      const variant = new URLSearchParams(fields);
      variant.set(field, by);
      return { field, body: encode(variant.toString()) };
    }),
  );
}

/** Returns the paths of all fields. Of a list, only the first entry is taken. */
function fieldsOf(value: unknown): readonly FieldPath[] {
  if (typeof value !== 'object' || value === null) return [];
  const entries: readonly (readonly [string | number, unknown])[] = Array.isArray(value)
    ? [...(value as unknown[]).slice(0, 1).entries()]
    : Object.entries(value);
  return entries.flatMap(([key, item]) => [[key], ...fieldsOf(item).map((path) => [key, ...path])]);
}

/** Returns a copy in which the field at `path` is replaced. */
function replaceAt(value: unknown, path: FieldPath, by: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return by;
  if (Array.isArray(value))
    return (value as unknown[]).with(Number(key), replaceAt(value[Number(key)], rest, by));
  const object = value as Readonly<Record<string, unknown>>;
  return { ...object, [key]: replaceAt(object[key], rest, by) };
}
