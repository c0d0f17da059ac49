/**
 * Describes the errors of a configuration, each in one line: the key, the expected value and the received value. Values below
 * `options`, `auth` and `cluster`, and those of some other keys, can be secret, so only their type is shown.
 */
import type { z } from 'zod';

type Path = readonly PropertyKey[];

/** Sections with secrets. */
const SECRET_SECTIONS: ReadonlySet<PropertyKey | undefined> = new Set(['auth', 'cluster']);
/** Other keys with secrets: the URL of a database may contain a password. */
const SECRET_KEYS: ReadonlySet<string> = new Set(['storage.url', 'storage.tls.key']);

/** Keys that were renamed, with their new names. */
const RENAMED_KEYS: Readonly<Record<string, string>> = {
  'limits.pendingFacts': 'limits.pendingEvents',
};

/** Describes the value at `path`, without secrets. */
function received(tree: unknown, path: Path): string {
  let value = tree;
  for (const key of path) {
    value =
      typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined;
  }
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object') return 'a mapping';
  const mayBeSecret =
    path.includes('options') || SECRET_SECTIONS.has(path[0]) || SECRET_KEYS.has(path.join('.'));
  return mayBeSecret ? `a ${typeof value}` : JSON.stringify(value);
}

const keyOf = (path: Path): string => path.map(String).join('.') || 'the file';

/** Describes each of `issues` in one line. Equal lines are returned once. */
export function explain(issues: readonly z.core.$ZodIssue[], tree: unknown): readonly string[] {
  const lines = issues.flatMap((issue) => explainIssue(issue, tree));
  return lines.length === 0 ? ['the file: invalid'] : [...new Set(lines)];
}

function explainIssue(issue: z.core.$ZodIssue, tree: unknown): readonly string[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((name) => {
      const key = keyOf([...issue.path, name]);
      const renamed = RENAMED_KEYS[key];
      return renamed === undefined ? `${key}: unknown key` : `${key}: was renamed to ${renamed}`;
    });
  }
  if (issue.code === 'invalid_key') {
    return [`${keyOf(issue.path)}: invalid key, expected ${issue.issues[0]?.message ?? issue.message}`];
  }
  return [`${keyOf(issue.path)}: expected ${issue.message}, received ${received(tree, issue.path)}`];
}
