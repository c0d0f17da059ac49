/** The files of `deploy/`, checked by the programs that read them, where these are installed. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { validate } from 'dockerfile-utils';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { parseConfig } from '../packages/daemon/src/config/load.ts';
import { tempDir } from './support/daemon.ts';
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
    expect([config.storage.path, config.recording.path]).toEqual([
      expect.stringMatching('^/var/lib/sidetone/'),
      expect.stringMatching('^/var/lib/sidetone/'),
    ]);
    expect(config.auth.tokens).toHaveLength(1);
  });
});

test('a deployed folder runs from anywhere, without development tools', async () => {
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

  const config = join(folder, 'sidetone.yaml');
  const settings = read('systemd/sidetone.yaml').replaceAll('/var/lib/sidetone', folder);
  writeFileSync(config, settings.replace('server:', 'server:\n  port: 0'));
  const program = join(target, 'node_modules/@sidetone/daemon/bin/sidetone.js');
  const url = await startCommand(process.execPath, [program, 'start', '--config', config], folder, {
    ...env,
    ...ENVIRONMENT,
  });
  expect((await fetch(`${url}readyz`)).status).toBe(200);
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
    expect(Number(settings('TimeoutStopSec')[0])).toBeGreaterThanOrEqual(30);
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
