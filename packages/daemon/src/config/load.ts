/** Reads and checks a configuration file. All its errors are reported at once. */
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { FaultError, messageOf } from '@sidetone/core';
import { parseDocument } from 'yaml';
import { explain } from './explain.ts';
import { combineFaults, partsOf } from './failures.ts';
import { configSchema, validPlugins, type Config, type ConfiguredPlugins } from './schema.ts';
import { secretReader } from './secret-files.ts';
import { substitute, type Environment, type Unresolved } from './substitute.ts';

export interface LoadedConfig {
  readonly config: Config;
  /** The folder of the file, from which relative plugin paths are resolved. */
  readonly baseDir: string;
}

/** Checks the options of plugins: returns the errors, each with its key. */
export type CheckPlugins = (plugins: ConfiguredPlugins, baseDir: string) => Promise<readonly FaultError[]>;

/**
 * @param checkPlugins is called if the file has other errors; otherwise, the start of the daemon checks the options.
 * @throws {FaultError} CONFIG_UNREADABLE, CONFIG_INVALID, CONFIG_VARIABLE_MISSING or CONFIG_SECRET_UNREADABLE.
 */
export async function loadConfig(
  file: string,
  environment: Environment,
  checkPlugins: CheckPlugins = () => Promise.resolve([]),
): Promise<LoadedConfig> {
  const path = resolve(file);
  let source: string;
  try {
    source = await readFile(path, 'utf8');
  } catch (cause) {
    throw new FaultError('CONFIG_UNREADABLE', `${file}: cannot read the file (${codeOf(cause)})`, { cause });
  }
  const baseDir = dirname(path);
  const { config, faults, missing, tree } = check(source, file, environment, baseDir);
  if (config) return { config, baseDir };
  const found = await checkPlugins(validPlugins(tree), baseDir);
  const ofPlugins = found
    .flatMap(partsOf)
    .filter(({ message }) => !missing.some((key) => message.startsWith(`${key}:`)));
  throw combineFaults([...faults, ...ofPlugins], file);
}

/** @throws {FaultError} CONFIG_INVALID, CONFIG_VARIABLE_MISSING or CONFIG_SECRET_UNREADABLE. */
export function parseConfig(source: string, file: string, environment: Environment): Config {
  const { config, faults } = check(source, file, environment, dirname(resolve(file)));
  if (config) return config;
  throw combineFaults(faults, file);
}

interface Checked {
  /** Undefined if there are errors. */
  readonly config?: Config;
  readonly faults: readonly FaultError[];
  /** Keys whose value contains a placeholder without a value. */
  readonly missing: readonly string[];
  readonly tree: unknown;
}

/** @throws {FaultError} CONFIG_INVALID if the file is not YAML. */
function check(source: string, file: string, environment: Environment, baseDir: string): Checked {
  const unresolved: Unresolved[] = [];
  const readSecret = secretReader(baseDir);
  const onUnresolved = (each: Unresolved): void => void unresolved.push(each);
  const tree = substitute(parseYaml(source, file), { environment, readSecret, onUnresolved }) ?? {};
  const missing = unresolved.map(({ path }) => path.join('.'));
  const result = configSchema.safeParse(tree);
  // The value of a placeholder without a value may be valid.
  const issues = (result.error?.issues ?? []).filter(({ path }) => !missing.includes(path.join('.')));
  const faults = [
    ...unresolved.map(({ fault }) => fault),
    ...(issues.length === 0 ? [] : explain(issues, tree)).map(
      (line) => new FaultError('CONFIG_INVALID', line),
    ),
  ];
  const isValid = result.success && faults.length === 0;
  return { ...(isValid && { config: result.data }), faults, missing, tree };
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
