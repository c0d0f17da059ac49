/** Replaces `${NAME}` in strings of the configuration by environment variables. */
import { FaultError } from '@sidetone/core';

const VARIABLE = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

export type Environment = Readonly<Record<string, string | undefined>>;

/** Returns a copy of the tree with every `${NAME}` replaced. @throws {FaultError} CONFIG_VARIABLE_MISSING. */
export function substitute(tree: unknown, environment: Environment, path: readonly string[] = []): unknown {
  if (typeof tree === 'string') return replaceVariables(tree, environment, path);
  if (Array.isArray(tree)) return tree.map((item, i) => substitute(item, environment, [...path, String(i)]));
  if (typeof tree !== 'object' || tree === null) return tree;
  return Object.fromEntries(
    Object.entries(tree).map(([key, value]) => [key, substitute(value, environment, [...path, key])]),
  );
}

function replaceVariables(text: string, environment: Environment, path: readonly string[]): string {
  return text.replace(VARIABLE, (_match, name: string) => {
    const value = environment[name];
    if (value !== undefined && value !== '') return value;
    const key = path.join('.');
    throw new FaultError('CONFIG_VARIABLE_MISSING', `${key}: the environment variable ${name} is not set`, {
      details: { key, variable: name },
    });
  });
}
