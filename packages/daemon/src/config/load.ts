/** Reads a configuration file, and says in one line what is wrong with it. */
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { FaultError, messageOf } from '@sidetone/core';
import { parseDocument } from 'yaml';
import { explain } from './explain.ts';
import { configSchema, type Config } from './schema.ts';
import { substitute, type Environment } from './substitute.ts';

export interface LoadedConfig {
  readonly config: Config;
  /** The folder that relative paths in the file are relative to. */
  readonly baseDir: string;
}

/** @throws {FaultError} CONFIG_UNREADABLE, CONFIG_INVALID or CONFIG_VARIABLE_MISSING. */
export async function loadConfig(file: string, environment: Environment): Promise<LoadedConfig> {
  const path = resolve(file);
  let source: string;
  try {
    source = await readFile(path, 'utf8');
  } catch (cause) {
    throw new FaultError('CONFIG_UNREADABLE', `${file}: cannot be read (${codeOf(cause)})`, { cause });
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
  const mistake = document.errors[0];
  if (mistake) {
    const line = mistake.linePos?.[0].line ?? 1;
    const reason = mistake.message.split('\n')[0]?.replace(/ at line \d+.*$/, '') ?? 'not valid YAML';
    throw new FaultError('CONFIG_INVALID', `${file}: line ${line}: ${reason}`);
  }
  return document.toJS() as unknown;
}

function codeOf(cause: unknown): string {
  const code = (cause as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : messageOf(cause);
}
