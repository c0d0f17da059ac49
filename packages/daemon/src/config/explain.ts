/** One line for a mistake: the key, what was found, what is expected. Values below `options` and `auth` may be secret: only their kind is told. */
import type { z } from 'zod';

type Path = readonly PropertyKey[];

/** What stands at `path`, in words that are safe to print. */
function found(tree: unknown, path: Path): string {
  let value = tree;
  for (const key of path) {
    value =
      typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined;
  }
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  const mayBeSecret = path.includes('options') || path[0] === 'auth';
  return mayBeSecret ? `a ${typeof value === 'string' ? 'text' : typeof value}` : JSON.stringify(value);
}

const keyOf = (path: Path): string => path.map(String).join('.') || 'the file';

/** The first mistake of `issues`, as one line. */
export function explain(issues: readonly z.core.$ZodIssue[], tree: unknown): string {
  const issue = issues[0];
  if (!issue) return 'the file: not valid';
  if (issue.code === 'unrecognized_keys') {
    return `${keyOf([...issue.path, issue.keys[0] ?? '?'])}: found a key that does not exist; check its spelling and where it stands`;
  }
  if (issue.code === 'invalid_key') {
    return `${keyOf(issue.path)}: found this key, expected ${issue.issues[0]?.message ?? issue.message}`;
  }
  return `${keyOf(issue.path)}: found ${found(tree, issue.path)}, expected ${issue.message}`;
}
