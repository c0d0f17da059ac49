/** `${NAME}` in any text of the configuration takes an environment variable. */
import { FaultError } from '@sidetone/core';

const VARIABLE = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

export type Environment = Readonly<Record<string, string | undefined>>;

/** The same tree with every `${NAME}` replaced. @throws CONFIG_VARIABLE_MISSING, naming key and variable. */
export function substitute(tree: unknown, environment: Environment, path: readonly string[] = []): unknown {
  if (typeof tree === 'string') return replaceVariables(tree, environment, path);
  if (Array.isArray(tree)) return tree.map((item, i) => substitute(item, environment, [...path, String(i)]));
  if (typeof tree !== 'object' || tree === null) return tree;
  return Object.fromEntries(
    Object.entries(tree).map(([key, value]) => [key, substitute(value, environment, [...path, key])]),
  );
}

function replaceVariables(text: string, environment: Environment, path: readonly string[]): string {
  return text.replace(VARIABLE, (_all, name: string) => {
    const value = environment[name];
    if (value !== undefined && value !== '') return value;
    const key = path.join('.');
    throw new FaultError('CONFIG_VARIABLE_MISSING', `${key}: the environment variable ${name} is not set`, {
      details: { key, variable: name },
    });
  });
}
