/** Reads and checks a configuration file. */
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { FaultError, messageOf } from '@sidetone/core';
import { parseDocument } from 'yaml';
import { explain } from './explain.ts';
import { configSchema, type Config } from './schema.ts';
import { substitute, type Environment } from './substitute.ts';

export interface LoadedConfig {
  readonly config: Config;
  /** The folder of the file, from which relative plugin paths are resolved. */
  readonly baseDir: string;
}

/** @throws {FaultError} CONFIG_UNREADABLE, CONFIG_INVALID or CONFIG_VARIABLE_MISSING. */
export async function loadConfig(file: string, environment: Environment): Promise<LoadedConfig> {
  const path = resolve(file);
  let source: string;
  try {
    source = await readFile(path, 'utf8');
  } catch (cause) {
    throw new FaultError('CONFIG_UNREADABLE', `${file}: cannot read the file (${codeOf(cause)})`, { cause });
  }
  return { config: parseConfig(source, file, environment), baseDir: dirname(path) };
}

/** @throws {FaultError} CONFIG_INVALID or CONFIG_VARIABLE_MISSING. */
export function parseConfig(source: string, file: string, environment: Environment): Config {
  const tree = substitute(parseYaml(source, file), environment) ?? {};
  const result = configSchema.safeParse(tree);
  if (result.success) return result.data;
  throw new FaultError('CONFIG_INVALID', `${file}: ${explain(result.error.issues, tree)}`);
}

function parseYaml(source: string, file: string): unknown {
  const document = parseDocument(source, { prettyErrors: true });
  const error = document.errors[0];
  if (error) {
    const line = error.linePos?.[0].line ?? 1;
    const reason = error.message.split('\n')[0]?.replace(/ at line \d+.*$/, '') ?? 'invalid YAML';
    throw new FaultError('CONFIG_INVALID', `${file}: line ${line}: ${reason}`);
  }
  return document.toJS() as unknown;
}

function codeOf(cause: unknown): string {
  const code = (cause as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : messageOf(cause);
}
