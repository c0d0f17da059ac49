/**
 * Replaces placeholders in strings of the configuration: `${NAME}` by an environment variable, or by the file whose path is in
 * `NAME_FILE`; `${file:PATH}` by the content of a file, whose path may contain `${NAME}`.
 */
import { FaultError } from '@sidetone/core';
import type { ReadSecret } from './secret-files.ts';

const NAME = String.raw`\$\{([A-Za-z_][A-Za-z0-9_]*)\}`;
const VARIABLE = new RegExp(NAME, 'g');
const PLACEHOLDER = new RegExp(String.raw`\$\{file:((?:${NAME}|[^{}])+)\}|${NAME}`, 'g');

export type Environment = Readonly<Record<string, string | undefined>>;

/** A placeholder that has no value, and the key whose value contains it. */
export interface Unresolved {
  readonly path: readonly string[];
  readonly fault: FaultError;
}

interface Sources {
  readonly environment: Environment;
  readonly readSecret: ReadSecret;
  /** Receives each placeholder that has no value; it stays in the text. */
  readonly onUnresolved: (unresolved: Unresolved) => void;
}

/** Returns a copy of the tree with every placeholder replaced that has a value. */
export function substitute(tree: unknown, sources: Sources, path: readonly string[] = []): unknown {
  const child = (value: unknown, key: string): unknown => substitute(value, sources, [...path, key]);
  if (typeof tree === 'string') return substituteText(tree, sources, path);
  if (Array.isArray(tree)) return tree.map((item, i) => child(item, String(i)));
  if (typeof tree !== 'object' || tree === null) return tree;
  return Object.fromEntries(Object.entries(tree).map(([key, value]) => [key, child(value, key)]));
}

function substituteText(text: string, sources: Sources, path: readonly string[]): string {
  const { readSecret, onUnresolved } = sources;
  const key = path.join('.');
  const fromFile = (file: string, placeholder: string): string => {
    const secret = readSecret(file);
    if ('text' in secret) return secret.text;
    const message = `${key}: cannot read the file ${file} (${secret.problem})`;
    onUnresolved({
      path,
      fault: new FaultError('CONFIG_SECRET_UNREADABLE', message, { details: { key, file } }),
    });
    return placeholder;
  };
  const fromVariable = (name: string, placeholder: string): string => {
    const value = valueOf(name, sources.environment);
    if (value !== undefined) return value;
    const file = valueOf(`${name}_FILE`, sources.environment);
    if (file !== undefined) return fromFile(file, placeholder);
    const message = `${key}: the environment variable ${name} is not set`;
    onUnresolved({
      path,
      fault: new FaultError('CONFIG_VARIABLE_MISSING', message, { details: { key, variable: name } }),
    });
    return placeholder;
  };
  return text.replace(PLACEHOLDER, (placeholder, file: string | undefined, _inPath, name: string) => {
    if (file === undefined) return fromVariable(name, placeholder);
    const resolved = file.replace(VARIABLE, (inner, variable: string) => fromVariable(variable, inner));
    return resolved.includes('${') ? placeholder : fromFile(resolved, placeholder);
  });
}

/** An empty variable counts as one that is not set. */
const valueOf = (name: string, environment: Environment): string | undefined =>
  environment[name] || undefined;
