/** Installs the published packages in an empty folder, with a plugin from outside of this repository. */
import { execFile, spawn } from 'node:child_process';
import { cpSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { until } from './daemon.ts';
import { stopOnEnd } from './process.ts';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const run = promisify(execFile);

/** The environment without the options of the test runner. */
const ENV = { ...process.env, NODE_OPTIONS: '' };

/** The name and version of pnpm, without its hash. */
const pnpmSpec = manifestOf(ROOT).packageManager?.split('+')[0] ?? 'pnpm';

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly packageManager?: string;
  readonly exports?: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly bin?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
}

export function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
}

/** Runs pnpm at the version of this repository; npx has downloaded it during the install. */
export async function pnpm(cwd: string, ...args: string[]): Promise<string> {
  return (await run('npx', ['--yes', pnpmSpec, ...args], { cwd, env: ENV })).stdout;
}

/** Runs Node in a folder, without the export condition under which the sources run. */
export const node = (cwd: string, ...args: string[]) => run(process.execPath, args, { cwd, env: ENV });

const fileNameOf = (name: string): string => name.replace(/^@/, '').replace('/', '-');

/** Packs the packages as `npm run pack:all` does after the build, and returns the path of each tarball by name. */
export async function packed(names: readonly string[], into: string): Promise<ReadonlyMap<string, string>> {
  const script = `import { packTo } from './scripts/steps.mjs'; process.exitCode = await packTo(process.argv[1]);`;
  await node(ROOT, '--input-type=module', '--eval', script, into);
  return new Map(
    names.map((name) => {
      const manifest = manifestOf(join(ROOT, 'packages', name));
      return [manifest.name, join(into, `${fileNameOf(manifest.name)}-${manifest.version}.tgz`)];
    }),
  );
}

/**
 * Installs the tarballs, and the echo example as a package and as a folder. Other dependencies are linked to the installed
 * ones, so nothing is downloaded and SQLite is not compiled again.
 */
export async function install(folder: string, tarballs: ReadonlyMap<string, string>): Promise<void> {
  const external = [...tarballs.keys()].flatMap((name) => {
    const folderOfPackage = join(ROOT, 'packages', name.split('/').at(-1)!);
    return Object.keys(manifestOf(folderOfPackage).dependencies ?? {})
      .filter((dependency) => !dependency.startsWith('@sidetone/'))
      .map((dependency) => [
        dependency,
        `link:${realpathSync(join(folderOfPackage, 'node_modules', dependency))}`,
      ]);
  });
  const own = [...tarballs].map(([name, tarball]) => [name, `file:${tarball}`]);
  const echo = join(folder, 'echo');
  cpSync(join(ROOT, 'examples/echo-provider'), echo, {
    recursive: true,
    filter: (path) => !path.includes('node_modules'),
  });
  const { dependencies = {} } = manifestOf(echo);
  const project = {
    private: true,
    type: 'module',
    dependencies: {
      ...Object.fromEntries(own),
      zod: dependencies['zod'],
      '@sidetone/example-echo-provider': 'file:./echo',
    },
    pnpm: { overrides: Object.fromEntries([...external, ...own]) },
  };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(project));
  await pnpm(folder, 'install', '--offline', '--config.hoist=false');
}

/** The installed packages from the registry that plugins use. */
const REGISTRY = [
  'packages/plugin-vapi/node_modules/zod',
  'packages/plugin-kit/node_modules/libphonenumber-js',
];

/** Runs the `npm install` of the guide for plugin authors, without a registry: what it would download is linked. */
export async function npmInstall(folder: string, command: string, tarballs: string): Promise<void> {
  const links = REGISTRY.map((path) => realpathSync(join(ROOT, path)));
  const offline = `${command.replaceAll('/tmp/sidetone', tarballs)} ${links.join(' ')} --offline --no-audit --no-fund`;
  await run('bash', ['-c', offline], { cwd: folder, env: ENV });
}

/** Runs the installed `sidetone` command and returns its URL when it is ready. */
export const startInstalled = (folder: string, config: string): Promise<string> =>
  startCommand(join(folder, 'node_modules/.bin/sidetone'), ['start', '--config', config], folder, ENV);

/** Runs a command that starts a daemon, and returns its URL when it is ready. The command is stopped after the test. */
export async function startCommand(
  command: string,
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<string> {
  const child = spawn(command, args, { cwd, env });
  stopOnEnd(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text: Buffer) => (output += text.toString()));
  const [, url] = await until(() => {
    if (child.exitCode !== null) throw new Error(`the daemon exited: ${output}`);
    return /(?:listens at|Dashboard) +(http\S+)/.exec(output);
  }, 'the URL of the daemon');
  return url!;
}
