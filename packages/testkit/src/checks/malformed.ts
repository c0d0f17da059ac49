/** Variants of an author's own message: each field missing, and each of another type. */

type Path = readonly (string | number)[];

/** Returns the value that replaces one of another type. */
const otherType = (value: unknown): unknown => (typeof value === 'string' ? { text: 0 } : 'x');

/** Returns a variant for each field at any depth, once without it and once with another type. Empty unless the text is JSON or a form. */
export function malformedVariantsOf(text: string): readonly string[] {
  if (!text.startsWith('{') && !text.startsWith('[')) return formVariantsOf(text);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return [];
  }
  return pathsOf(value).flatMap((path) => [
    JSON.stringify(changeAt(value, path, () => undefined)),
    JSON.stringify(changeAt(value, path, otherType)),
  ]);
}

function formVariantsOf(text: string): readonly string[] {
  const fields = new URLSearchParams(text);
  return [...new Set(fields.keys())].flatMap((field) => {
    const without = new URLSearchParams(fields);
    without.delete(field);
    const repeated = new URLSearchParams(fields);
    repeated.append(field, 'x');
    return [without.toString(), repeated.toString()];
  });
}

/** Returns the paths of all fields. Of a list, only the first entry is taken. */
function pathsOf(value: unknown): readonly Path[] {
  if (typeof value !== 'object' || value === null) return [];
  const keys: readonly (string | number)[] = Array.isArray(value)
    ? value.length > 0
      ? [0]
      : []
    : Object.keys(value);
  return keys.flatMap((key) => [
    [key],
    ...pathsOf((value as Readonly<Record<string | number, unknown>>)[key]).map((rest) => [key, ...rest]),
  ]);
}

/** Returns a copy in which one field is changed; JSON leaves out an undefined one. */
function changeAt(value: unknown, [key, ...rest]: Path, change: (value: unknown) => unknown): unknown {
  if (key === undefined) return change(value);
  if (Array.isArray(value))
    return (value as unknown[]).with(Number(key), changeAt(value[Number(key)], rest, change));
  const object = value as Readonly<Record<string, unknown>>;
  return { ...object, [key]: changeAt(object[key], rest, change) };
}
