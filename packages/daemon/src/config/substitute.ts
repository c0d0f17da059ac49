/** Replaces `${NAME}` in strings of the configuration by environment variables. */
import { FaultError } from '@sidetone/core';

const VARIABLE = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

export type Environment = Readonly<Record<string, string | undefined>>;

/** A variable that is not set, and the key whose value contains it. */
export interface MissingVariable {
  readonly path: readonly string[];
  readonly name: string;
}

/** Returns a copy of the tree with every `${NAME}` replaced, except those that are not set. `onMissing` receives these. */
export function substitute(
  tree: unknown,
  environment: Environment,
  onMissing: (missing: MissingVariable) => void,
  path: readonly string[] = [],
): unknown {
  const child = (value: unknown, key: string): unknown =>
    substitute(value, environment, onMissing, [...path, key]);
  if (typeof tree === 'string') {
    return tree.replace(VARIABLE, (text, name: string) => {
      const value = environment[name];
      if (value !== undefined && value !== '') return value;
      onMissing({ path, name });
      return text;
    });
  }
  if (Array.isArray(tree)) return tree.map((item, i) => child(item, String(i)));
  if (typeof tree !== 'object' || tree === null) return tree;
  return Object.fromEntries(Object.entries(tree).map(([key, value]) => [key, child(value, key)]));
}

/** Returns the variable as an error. */
export function missingVariable({ path, name }: MissingVariable): FaultError {
  const key = path.join('.');
  return new FaultError('CONFIG_VARIABLE_MISSING', `${key}: the environment variable ${name} is not set`, {
    details: { key, variable: name },
  });
}
