/** The daemon of `sidetone dev`: writes a configuration with one plugin, and starts with it. */
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parse } from 'yaml';
import { findPackage } from '../../plugins/find-package.ts';
import { start } from '../start.ts';
import type { DevOptions } from './dev.ts';

const DEFAULT_MODULE = 'index.js';
const SUBJECT_FILE = 'conformance.js';

/** Runs until a signal, or until its standard input closes: then the process that started it has ended. */
export async function runDaemon(
  target: string,
  folder: string,
  { port, options: file }: Pick<DevOptions, 'port' | 'options'>,
): Promise<void> {
  process.stdin.once('end', () => process.kill(process.pid, 'SIGTERM')).resume();
  const module = moduleOf(target);
  const subject = await subjectBeside(module);
  const id = subject?.plugin?.name ?? 'plugin';
  const options =
    file === undefined ? subject?.scenario?.options : (parse(readFileSync(file, 'utf8')) as unknown);
  const config = join(folder, 'sidetone.yaml');
  const url = `http://127.0.0.1:${port}/`;
  if (!existsSync(config)) process.stdout.write(greeting(url, id));
  const content = {
    server: { port, publicUrl: url },
    storage: { path: join(folder, 'sidetone.db') },
    recording: { enabled: true, path: join(folder, 'recordings') },
    log: { level: 'warn' },
    providers: { [id]: { plugin: module, options: options ?? {} } },
  };
  // JSON is YAML.
  writeFileSync(config, JSON.stringify(content));
  await start({ config, port });
}

const greeting = (url: string, id: string): string => `
  Dashboard  ${url}
  GraphiQL   ${url}graphql
  Plugin     ${url}providers/${id}/

Save a file to start again, press Ctrl-C to stop.

`;

/** Returns the module of a folder, as an import of its package finds it. */
function moduleOf(target: string): string {
  if (!statSync(target).isDirectory()) return target;
  const manifest = join(target, 'package.json');
  const { name } = (existsSync(manifest) ? JSON.parse(readFileSync(manifest, 'utf8')) : {}) as {
    name?: string;
  };
  const url = name === undefined ? undefined : findPackage(name, [target]);
  return url === undefined ? join(target, DEFAULT_MODULE) : fileURLToPath(url);
}

interface Subject {
  readonly plugin?: { readonly name?: string };
  readonly scenario?: { readonly options?: unknown };
}

/** Returns the conformance subject beside a module, if it can be loaded; the errors of the plugin are reported by the start. */
async function subjectBeside(module: string): Promise<Subject | undefined> {
  const file = join(dirname(module), SUBJECT_FILE);
  if (!existsSync(file)) return undefined;
  try {
    const { conformance } = (await import(/* @vite-ignore */ pathToFileURL(file).href)) as {
      conformance?: Subject;
    };
    return conformance;
  } catch {
    return undefined;
  }
}
