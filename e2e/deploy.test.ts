/** The files of `deploy/`, checked by the programs that read them, where these are installed. */
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { validate } from 'dockerfile-utils';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { cluster } from '../packages/daemon/src/config/cluster.ts';
import { parseConfig } from '../packages/daemon/src/config/load.ts';
import { follow, type FollowedDocument } from '../test/support/commands.ts';
import { tempDir } from './support/daemon.ts';
import { shell } from './support/shell.ts';
import { startCommand } from './support/third-party.ts';

const read = (path: string): string => readFileSync(join('deploy', path), 'utf8');
const has = (program: string, ask = '--version'): boolean => spawnSync(program, [ask]).status === 0;

const NAMES = read('secrets.env.example').match(/^[A-Z_]+(?==)/gm)!;
const ENVIRONMENT = {
  ...Object.fromEntries(NAMES.map((name) => [name, 'a-value-of-at-least-thirty-two-characters'])),
  SIDETONE_PUBLIC_URL: 'https://calls.example.com',
};

describe.each(['systemd', 'docker'])('the configuration for %s', (folder) => {
  const config = parseConfig(read(`${folder}/sidetone.yaml`), 'sidetone.yaml', ENVIRONMENT);

  test('is valid with the variables of secrets.env.example, and stores everything in the state folder', () => {
    expect([config.storage, config.recording.path]).toEqual([
      expect.objectContaining({ path: expect.stringMatching('^/var/lib/sidetone/') }),
      expect.stringMatching('^/var/lib/sidetone/'),
    ]);
    expect(config.auth.tokens).toHaveLength(1);
  });
});

/** Creates the user and installs the files as the guide says, below a folder instead of the root. */
async function installFiles(guide: FollowedDocument, folder: string): Promise<void> {
  const [root, clone] = [join(folder, 'root'), join(folder, 'clone')];
  for (const each of ['', 'etc', 'etc/systemd/system']) mkdirSync(join(root, each), { recursive: true });
  for (const name of ['passwd', 'group', 'shadow', 'gshadow']) writeFileSync(join(root, 'etc', name), '');
  cpSync('deploy', join(clone, 'deploy'), { recursive: true });
  const useradd = guide.take('useradd ').replace('useradd', `useradd --prefix ${root}`);
  if (process.getuid?.() === 0 && has('useradd', '--help')) {
    expect(await shell(clone, useradd)).toMatchObject({ code: 0 });
    expect(readFileSync(join(root, 'etc/passwd'), 'utf8')).toMatch(/^sidetone:.*\/usr\/sbin\/nologin$/m);
  }
  const systemd = [...guide.takeAll('install -D'), guide.take('install --mode=644')];
  const docker = [guide.take('cd deploy/docker'), guide.take('install --mode=600 ../')];
  const below = (command: string): string => command.replaceAll(/ (\/etc\/)/g, ` ${root}$1`);
  for (const script of [...systemd.map(below), docker.join(' && ')])
    expect(await shell(clone, script), script).toMatchObject({ code: 0 });
  const modeOf = (path: string): number => statSync(join(folder, path)).mode & 0o777;
  expect(modeOf('root/etc/sidetone/secrets.env')).toBe(0o600);
  expect(modeOf('root/etc/systemd/system/sidetone.service')).toBe(0o644);
  expect(modeOf('clone/deploy/docker/secrets.env')).toBe(0o600);
}

test('a deployed folder runs from anywhere, without development tools', async () => {
  const guide = follow('docs/guide/deploy.md');
  const folder = tempDir();
  const target = join(folder, 'opt');
  const script = `import { deployTo } from './scripts/steps.mjs'; process.exitCode = await deployTo(process.argv[1]);`;
  const env = { ...process.env, NODE_OPTIONS: '' };
  const deployed = spawnSync(process.execPath, ['--input-type=module', '--eval', script, target], {
    encoding: 'utf8',
    env,
  });
  expect([deployed.status, deployed.stderr]).toEqual([0, expect.any(String)]);
  const modules = readdirSync(join(target, 'node_modules/.pnpm'));
  expect(modules.filter((name) => /^(typescript|vitest|drizzle-kit|esbuild|react)@/.test(name))).toEqual([]);
  // Nothing leads back to the clone.
  const own = readdirSync(join(target, 'node_modules/@sidetone'));
  expect(own.toSorted()).toEqual(['daemon', 'plugin-deepgram', 'plugin-vapi', 'plugin-vobiz']);
  for (const name of own)
    expect(realpathSync(join(target, 'node_modules/@sidetone', name))).toContain(realpathSync(target));

  const version = guide.take('/opt/sidetone/').replace('/opt/sidetone', target);
  expect((await shell(folder, version)).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  await installFiles(guide, folder);

  const config = join(folder, 'sidetone.yaml');
  const settings = read('systemd/sidetone.yaml').replaceAll('/var/lib/sidetone', folder);
  writeFileSync(config, settings.replace('server:', 'server:\n  port: 0'));
  const program = join(target, 'node_modules/@sidetone/daemon/bin/sidetone.js');
  const url = await startCommand(process.execPath, [program, 'start', '--config', config], folder, {
    ...env,
    ...ENVIRONMENT,
  });
  const probe = guide.take('curl').replace('http://127.0.0.1:4000/', url);
  expect(await shell(folder, `${probe} --fail`)).toMatchObject({ code: 0 });
});

describe('sidetone.service', () => {
  const unit = read('systemd/sidetone.service');
  const settings = (name: string): string[] =>
    [...unit.matchAll(new RegExp(`^${name}=(.*)$`, 'gm'))].map(([, value]) => value!);

  /** Runs systemd-analyze with a copy of the unit that starts the Node.js of this test. */
  function analyze(...args: string[]) {
    const folder = tempDir();
    const file = join(folder, 'sidetone.service');
    writeFileSync(file, unit.replace('/usr/bin/node', process.execPath));
    mkdirSync(join(folder, 'runtime'));
    const env = { ...process.env, XDG_RUNTIME_DIR: join(folder, 'runtime') };
    return spawnSync('systemd-analyze', [...args, file], { encoding: 'utf8', env });
  }

  test('leaves a daemon with an invalid configuration stopped, and gives a stop longer than the daemon takes', () => {
    expect(settings('RestartPreventExitStatus')).toEqual(['78']);
    const drainSeconds = cluster.parse({ nats: ['nats://a'], node: 'a' }).drainSeconds;
    expect(Number(settings('TimeoutStopSec')[0])).toBeGreaterThanOrEqual(drainSeconds + 30);
  });

  test.skipIf(!has('systemd-analyze'))('is valid, and exposed less than 1.5 of 10', () => {
    const verified = analyze('verify');
    expect([verified.status, verified.stderr]).toEqual([0, '']);
    const { status, stdout } = analyze('security', '--offline=true', '--threshold=15');
    expect([status, stdout]).toEqual([0, expect.stringContaining('Overall exposure level')]);
  });
});

describe('the container', () => {
  const dockerfile = read('docker/Dockerfile');
  const compose = parse(read('docker/compose.yaml')) as {
    services: Record<string, { volumes: string[]; build?: { context: string; dockerfile: string } }>;
    networks: { proxy: { ipam: { config: { subnet: string }[] } } };
  };

  test('has a Dockerfile without errors, which runs as another user than root and checks the health', () => {
    expect(validate(dockerfile).map(({ message, range }) => [range.start.line + 1, message])).toEqual([]);
    const last = dockerfile.split(/^FROM /m).at(-1)!;
    expect(last).toMatch(/^USER node$/m);
    expect(last).toMatch(/^HEALTHCHECK [^]*\/healthz/m);
    expect(dockerfile).not.toMatch(/:latest|^FROM \S+$(?<!:.*)/m);
  });

  test('mounts files that exist, except for the secrets', () => {
    const { context, dockerfile: file } = compose.services['sidetone']!.build!;
    expect(existsSync(join('deploy/docker', context, file))).toBe(true);
    const files = Object.values(compose.services)
      .flatMap(({ volumes }) => volumes)
      .filter((volume) => volume.startsWith('./'))
      .map((volume) => volume.split(':')[0]!);
    expect(files.filter((path) => !existsSync(join('deploy/docker', path)))).toEqual([]);
    expect(files).toHaveLength(2);
  });

  test('trusts the network of the proxy', () => {
    const { server } = parseConfig(read('docker/sidetone.yaml'), 'sidetone.yaml', ENVIRONMENT);
    expect(server.trustedProxies).toEqual(compose.networks.proxy.ipam.config.map(({ subnet }) => subnet));
  });

  test.skipIf(!has('caddy', 'version'))('has a valid Caddyfile', () => {
    const { status, stdout, stderr } = spawnSync(
      'caddy',
      ['validate', '--config', 'deploy/docker/Caddyfile', '--adapter', 'caddyfile'],
      { encoding: 'utf8', env: { ...process.env, SIDETONE_HOST: 'localhost', HOME: tempDir() } },
    );
    expect([status, stdout + stderr]).toEqual([0, expect.stringContaining('Valid configuration')]);
  });
});
