/** Compares the documents with the code. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path/posix';
import { FAILURE_CODES, FaultError, FAULTS, type FaultCode } from '@sidetone/core';
import { USER_AGENT } from '@sidetone/plugin-kit';
import { buildSchema, parse, validate } from 'graphql';
import { describe, expect, test } from 'vitest';
import { parseConfig } from '../packages/daemon/src/config/load.ts';
import { configSchema } from '../packages/daemon/src/config/schema.ts';
import { BODIES } from '../packages/daemon/src/http/control-bodies.ts';
import { statusOf } from '../packages/daemon/src/http/reply.ts';
import { optionsSchema as vapiOptions } from '../packages/plugin-vapi/src/config.ts';
import { optionsSchema as deepgramOptions } from '../packages/plugin-deepgram/src/config.ts';
import { optionsSchema as vobizOptions } from '../packages/plugin-vobiz/src/config.ts';
import { allCode, read, rowsOf, unknownCodes } from './support/documents.ts';
import { filesBelow, PACKAGES, PUBLISHED, sourcesOf } from './support/files.ts';

describe('docs/reference/errors.md', () => {
  test('lists every code with its kind, whether to retry, and its remedy', () => {
    // The page has another table, of exit codes.
    const documented = rowsOf('docs/reference/errors.md')
      .filter((row) => row.length === 4)
      .slice(1);
    const expected = Object.entries(FAULTS).map(([code, { kind, retryable, remedy }]) => [
      `\`${code}\``,
      kind,
      retryable ? 'yes' : 'no',
      remedy,
    ]);
    expect(documented).toEqual(expected);
  });
});

describe('docs/reference/configuration.md', () => {
  /** Keys of the entries of a list that is empty by default. */
  const AUTH = ['name', 'token', 'sha256', 'scopes'].map((key) => `auth.tokens.<n>.${key}`);

  /** Keys of the section that is absent by default. */
  const POSTGRES = [
    'url',
    'schema',
    'connections',
    'tls.ca',
    'tls.cert',
    'tls.key',
    'tls.servername',
    'connectTimeoutMs',
    'statementTimeoutMs',
  ].map((key) => `storage.${key}`);
  const CLUSTER = [
    'nats',
    'node',
    'name',
    'credentials',
    'token',
    'user',
    'password',
    'tls.ca',
    'tls.cert',
    'tls.key',
    'leaseSeconds',
    'drainSeconds',
    'replicas',
  ].map((key) => `cluster.${key}`);

  /** Returns every key with a default, as `section.key`. */
  function keysOf(value: object, prefix = ''): [string, unknown][] {
    return Object.entries(value).flatMap(([key, inner]): [string, unknown][] =>
      typeof inner === 'object' && inner !== null
        ? keysOf(inner as object, `${prefix}${key}.`)
        : [[prefix + key, inner]],
    );
  }

  test('lists every key with its default', () => {
    const rows = rowsOf('docs/reference/configuration.md').slice(1);
    const documented = new Map(
      rows.map(([key, value]) => [key!.replaceAll('`', ''), value!.replaceAll('`', '')]),
    );
    const defaults = new Map(keysOf(configSchema.parse({})));
    for (const [key, value] of defaults) expect([key, documented.get(key)]).toEqual([key, String(value)]);
    const withoutDefault = [
      'country',
      'server.publicUrl',
      'server.cors.origins',
      'server.trustedProxies',
      'outgoing.allowedHosts',
      'metrics.port',
      'tracing.url',
      'tracing.headers',
      ...AUTH,
      ...CLUSTER,
      ...POSTGRES,
      'providers.<id>.plugin',
      'providers.<id>.isolate',
      'providers.<id>.country',
      'providers.<id>.recording.enabled',
      ...['call', 'transcript', 'recording', 'event', 'note'].map(
        (kind) => `providers.<id>.retention.${kind}Days`,
      ),
      'redaction.patterns',
      ...['card', 'aadhaar', 'pan', 'email', 'phone', 'patterns'].map(
        (kind) => `providers.<id>.redaction.${kind}`,
      ),
      'providers.<id>.transcribe',
      'providers.<id>.capture',
      'providers.<id>.options',
      'transcribers.<id>.plugin',
      'transcribers.<id>.options',
    ];
    expect([...documented.keys()].toSorted()).toEqual([...defaults.keys(), ...withoutDefault].toSorted());
  });
});

describe('docs/reference/http.md', () => {
  const rows = rowsOf('docs/reference/http.md');

  test('lists every failure code of a command under its HTTP status', () => {
    const documented = rows.flatMap(([status, codes]) =>
      /^`\d{3}`$/.test(status!)
        ? [...codes!.matchAll(/`([A-Z_]+)`/g)].map(
            ([, code]) => [code!, Number(status!.slice(1, -1))] as const,
          )
        : [],
    );
    for (const [code, status] of documented)
      expect([code, statusOf(new FaultError(code as FaultCode, ''))]).toEqual([code, status]);
    expect(documented.map(([code]) => code)).toEqual(expect.arrayContaining([...FAILURE_CODES]));
  });

  test('shows a body for every type of control request', () => {
    const types = rows.flatMap(([body]) => /^`\{ "type": "([a-z-]+)"/.exec(body!)?.[1] ?? []);
    expect(types.toSorted()).toEqual(Object.keys(BODIES).toSorted());
  });
});

describe('docs/guide/troubleshoot.md', () => {
  const page = read('docs/guide/troubleshoot.md');

  test('names codes that exist', () => {
    const codes = [...page.matchAll(/`([A-Z]+_[A-Z_]+)`/g)].map(([, code]) => code!);
    expect(codes.length).toBeGreaterThan(20);
    expect(unknownCodes([...new Set(codes)])).toEqual([]);
  });

  test('quotes messages that exist', () => {
    const code = `${allCode()}${filesBelow('packages/dashboard/page').map(read).join('\n')}`;
    const quoted = [...page.matchAll(/"([^"]+)"/g)].flatMap(([, text]) => text!.split(' … '));
    expect(quoted.filter((text) => !code.includes(text))).toEqual([]);
  });
});

describe('docs/reference/limits.md', () => {
  const page = read('docs/reference/limits.md');
  /** Multiples of the units in which defaults are written; bytes and ms are the units of the configuration. */
  const UNITS: Readonly<Record<string, number>> = { '': 1, ' MiB': 1024 * 1024, ' s': 1000 };

  /** Returns the value of a default such as `1,000`, `10 MiB` or `true`. */
  function valueOf(text: string): unknown {
    const [, digits, unit] = /^([\d,]+)( MiB| s)?$/.exec(text) ?? [];
    return digits === undefined ? text === 'true' : Number(digits.replaceAll(',', '')) * UNITS[unit ?? '']!;
  }

  test('lists every key of limits.* with its default', () => {
    const documented = rowsOf('docs/reference/limits.md').flatMap(([, value, set]) => {
      const [, key] = /^`limits\.(\w+)`$/.exec(set!) ?? [];
      return key === undefined ? [] : [[key, valueOf(value!)] as const];
    });
    expect(Object.fromEntries(documented)).toEqual(configSchema.parse({}).limits);
  });

  test('quotes log messages that exist', () => {
    const messages = [...page.matchAll(/"([^"]+)"/g)].map(([, message]) => message!);
    const code = allCode();
    expect(messages.length).toBeGreaterThan(10);
    expect(messages.filter((message) => !code.includes(message))).toEqual([]);
  });

  test('names error codes that exist', () => {
    const codes = rowsOf('docs/reference/limits.md').flatMap((cells) =>
      [...cells.at(-1)!.matchAll(/`([A-Z]+_[A-Z_]+)`/g)].map(([, code]) => code!),
    );
    expect(unknownCodes(codes)).toEqual([]);
  });

  test('names constants that exist, in files that exist', () => {
    const references = [...page.matchAll(/`([\w./-]+\.ts)`((?:,? `[A-Z][A-Z_]+`)*)/g)];
    expect(references.length).toBeGreaterThan(50);
    const wrong = references.flatMap(([, file, names]) => {
      const source = read(`packages/${file}`);
      return [...names!.matchAll(/`(\w+)`/g)]
        .filter(([, name]) => !new RegExp(`const ${name}\\b`).test(source))
        .map(([, name]) => `${file}: ${name}`);
    });
    expect(wrong).toEqual([]);
  });
});

test('docs/reference/dependencies.md has a sentence for every runtime dependency', () => {
  const documented = rowsOf('docs/reference/dependencies.md')
    .slice(1)
    .map(([name, dependency, why]) => {
      expect(why).toMatch(/[.]$/);
      return `${name} ${dependency!.replaceAll('`', '')}`;
    });
  const installed = PUBLISHED.flatMap((name) => {
    const manifest = JSON.parse(read(`packages/${name}/package.json`)) as {
      dependencies?: Record<string, string>;
    };
    return Object.keys(manifest.dependencies ?? {})
      .filter((dependency) => !dependency.startsWith('@sidetone/'))
      .map((dependency) => `${name} ${dependency}`);
  });
  expect(documented.toSorted()).toEqual(installed.toSorted());
});

describe("the README's operations", () => {
  const schema = buildSchema(read('docs/reference/schema.graphql'));
  const blocks = [...read('README.md').matchAll(/```graphql\n([\s\S]*?)```/g)].map(([, text]) => text!);

  test('are valid against the schema', () => {
    expect(blocks.length).toBeGreaterThanOrEqual(4);
    for (const block of blocks) expect(validate(schema, parse(block))).toEqual([]);
  });

  test('are the same as the first queries of GraphiQL', () => {
    const plain = (text: string): string => text.replaceAll(/#.*$/gm, '').replaceAll(/\s+/g, ' ').trim();
    expect(plain(read('packages/daemon/graphiql/first-query.graphql'))).toBe(blocks.map(plain).join(' '));
  });
});

test("the README's configuration is valid, including the options of its plugins", () => {
  const source = /```yaml\n([\s\S]*?)```/.exec(read('README.md'))![1]!;
  const names = [...source.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name!);
  const { providers, transcribers } = parseConfig(
    source,
    'README.md',
    Object.fromEntries(names.map((name) => [name, 'x'.repeat(16)])),
  );
  expect(names.length).toBeGreaterThan(3);
  expect(vapiOptions.safeParse(providers['vapi']!.options).error).toBeUndefined();
  expect(vobizOptions.safeParse(providers['vobiz']!.options).error).toBeUndefined();
  expect(deepgramOptions.safeParse(transcribers['deepgram']!.options).error).toBeUndefined();
});

test('all packages have the same version, and send it as the user agent', () => {
  const versions = PUBLISHED.map(
    (name) => (JSON.parse(read(`packages/${name}/package.json`)) as { version: string }).version,
  );
  expect(new Set(versions).size).toBe(1);
  expect(USER_AGENT).toBe(`sidetone/${versions[0]}`);
});

describe('ARCHITECTURE.md', () => {
  const page = read('ARCHITECTURE.md');

  /** Returns the folders of the tree, which is indented by two spaces for each level. */
  function foldersOfTree(): string[] {
    const path: string[] = [];
    return /```text\n([\s\S]*?)```/
      .exec(page)![1]!
      .trimEnd()
      .split('\n')
      .map((line) => {
        const [, indent, name] = /^( *)(\S+)\/ /.exec(line)!;
        path.splice(indent!.length / 2, Infinity, name!);
        return path.join('/');
      });
  }

  test('lists every folder with sources', () => {
    const sources = PACKAGES.flatMap(sourcesOf).map((file) => dirname(file).replace(/^packages\//, ''));
    expect(
      foldersOfTree()
        .filter((folder) => folder !== 'dashboard/page')
        .toSorted(),
    ).toEqual([...new Set(sources)].toSorted());
  });

  test('names a mechanism, files and tests that exist for each class of field conditions', () => {
    const rows = /\n## Field conditions\n([^]*?)\n## /.exec(page)![1]!.match(/^\| (?!Class|-).*\|$/gm)!;
    const pathsIn = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, path]) => path!);
    const missing = rows.flatMap((row) => {
      const [, , mechanism, files, tests] = row.split('|').map((cell) => cell.trim());
      const paths = [...pathsIn(files!), ...pathsIn(tests!)];
      const unknown = paths.filter((path) => !existsSync(path) && !existsSync(`packages/${path}`));
      const isComplete = mechanism !== '' && pathsIn(files!).length > 0 && /\.test\.ts`/.test(tests!);
      return isComplete ? unknown : [row, ...unknown];
    });
    expect(rows).toHaveLength(13);
    expect(missing).toEqual([]);
  });
});

test('CONTRIBUTING.md names files and folders that exist', () => {
  const paths = [...read('CONTRIBUTING.md').matchAll(/`((?:packages|docs|test|scripts)\/[\w./-]+)`/g)].map(
    ([, path]) => path!,
  );
  expect(paths.length).toBeGreaterThan(20);
  expect(paths.filter((path) => !existsSync(path))).toEqual([]);
});

test('docs/reference/glossary.md names code that exists', () => {
  const code = [
    ...PACKAGES.flatMap((name) => filesBelow(`packages/${name}/src`)),
    ...filesBelow('packages/testkit/test'),
    'docs/reference/schema.graphql',
    'docs/reference/configuration.md',
  ].map((file) => `${file}\n${read(file)}`);
  const names = rowsOf('docs/reference/glossary.md').flatMap((cells) =>
    [...cells.at(-1)!.matchAll(/`([^`]+)`/g)].map(([, name]) => name!),
  );
  expect(names.length).toBeGreaterThan(100);
  const isKnown = (name: string): boolean =>
    existsSync(name) || name.endsWith('…') || code.some((text) => text.includes(name));
  expect(names.filter((name) => !isKnown(name))).toEqual([]);
});

/** Every document that a reader may open. */
const DOCUMENTS = [
  'README.md',
  'ARCHITECTURE.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'bench/README.md',
  ...[...filesBelow('docs'), ...PUBLISHED.map((name) => `packages/${name}/README.md`)].filter(
    (file) => file.endsWith('.md') && existsSync(file),
  ),
];

interface Link {
  /** A path from the root. */
  readonly target: string;
  readonly anchor: string | undefined;
}

/** Returns the links of a document to files of this repository. */
const linksOf = (document: string): Link[] =>
  [...read(document).matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)].map(([, link, anchor]) => ({
    target: link ? join(dirname(document), link) : document,
    anchor,
  }));

/** Returns the anchors that GitHub generates for the headings of a document. */
const anchorsOf = (document: string): string[] =>
  [...read(document).matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(/\s/g, '-'),
  );

test('links between documents point to existing files and headings', () => {
  const isBroken = ({ target, anchor }: Link): boolean =>
    !existsSync(target) ||
    (anchor !== undefined && target.endsWith('.md') && !anchorsOf(target).includes(anchor));
  const broken = DOCUMENTS.flatMap((document) =>
    linksOf(document)
      .filter(isBroken)
      .map(({ target, anchor }) => `${document}: ${target}#${anchor ?? ''}`),
  );
  expect(broken).toEqual([]);
});

test('documents name source files that exist', () => {
  const references = DOCUMENTS.filter((document) => document !== 'CHANGELOG.md').flatMap((document) =>
    [...read(document).matchAll(/`(?:packages\/)?([\w-]+\/(?:src|page|test)\/[\w./-]+)`/g)].map(
      ([, file]) => ({ document, file: `packages/${file}` }),
    ),
  );
  expect(references.length).toBeGreaterThan(150);
  expect(references.filter(({ file }) => !existsSync(file))).toEqual([]);
});

test('docs/README.md links to every document', () => {
  const linked = new Set(linksOf('docs/README.md').map(({ target }) => target));
  const isListed = (file: string): boolean =>
    file === 'docs/README.md' || /^docs\/(images|reference\/conformance)\//.test(file) || linked.has(file);
  const readmes = PUBLISHED.map((name) => `packages/${name}/README.md`).filter((file) => existsSync(file));
  expect([...filesBelow('docs'), ...readmes].filter((file) => !isListed(file))).toEqual([]);
});
