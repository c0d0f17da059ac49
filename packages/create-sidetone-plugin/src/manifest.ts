/** The package.json of a plugin. */
import { readFileSync } from 'node:fs';
import { packageName, type Choices, type Language } from './choices.ts';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  readonly version: string;
};

interface Layout {
  readonly exports: object;
  readonly files: readonly string[];
  readonly scripts: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

const LAYOUTS: Readonly<Record<Language, Layout>> = {
  javascript: {
    exports: { '.': './index.js' },
    files: ['*.js', '!*.test.js'],
    scripts: { test: 'node --test', conform: 'sidetone-conform .', 'far-end': 'node far-end.js' },
    devDependencies: {},
  },
  typescript: {
    exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' } },
    files: ['dist', '!dist/*.test.*'],
    scripts: {
      build: 'tsc',
      test: 'tsc && node --test dist/*.test.js',
      conform: 'tsc && sidetone-conform ./dist',
      'far-end': 'tsc && node dist/far-end.js',
      prepack: 'tsc',
    },
    devDependencies: { '@types/node': '^20.19.0', typescript: '>=5.8.0' },
  },
};

/** What the sockets of the fake far end need. */
const SOCKETS: Readonly<Record<Language, Readonly<Record<string, string>>>> = {
  javascript: { ws: '^8.18.0' },
  typescript: { ws: '^8.18.0', '@types/ws': '^8.18.0' },
};

export function manifestOf({ name, kind, language }: Choices): string {
  const { devDependencies, ...layout } = LAYOUTS[language];
  const manifest = {
    name: packageName(name),
    version: '0.1.0',
    description: `Sidetone provider plugin for ${name}.`,
    keywords: ['sidetone-plugin', name],
    type: 'module',
    engines: { node: '>=20.19' },
    ...layout,
    dependencies: { '@sidetone/core': `^${version}`, '@sidetone/plugin-kit': `~${version}`, zod: '^4.0.0' },
    devDependencies: {
      '@sidetone/testkit': `~${version}`,
      ...devDependencies,
      ...(kind !== 'webhook' && SOCKETS[language]),
    },
    publishConfig: { access: 'public', provenance: true },
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}
