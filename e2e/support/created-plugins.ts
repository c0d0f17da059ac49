/** Plugins of `npm create sidetone-plugin`, created from its tarball beside the installed packages. */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, realpathSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import { node, ROOT } from './third-party.ts';

export interface Choices {
  readonly kind: 'webhook' | 'stream' | 'bot';
  readonly language: 'javascript' | 'typescript';
}

const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');

/** Links the tools of the created plugins, which npm would download. */
export function linkTools(folder: string): void {
  for (const name of ['ws', '@types/ws', '@types/node']) {
    const target = join(folder, 'node_modules', name);
    mkdirSync(dirname(target), { recursive: true });
    if (!existsSync(target)) symlinkSync(realpathSync(join(ROOT, 'node_modules', name)), target);
  }
}

/** Creates a plugin, runs its tests in one process, and resolves with their output. */
async function create(folder: string, { kind, language }: Choices): Promise<string> {
  const program = join(folder, 'node_modules/.bin/create-sidetone-plugin');
  const name = `${kind}-${language}`;
  await promisify(execFile)(program, [name, '--kind', kind, '--language', language], { cwd: folder });
  const plugin = join(folder, `sidetone-plugin-${name}`);
  if (language === 'typescript') await node(plugin, TSC);
  const modules = join(plugin, language === 'typescript' ? 'dist' : '.');
  const tests = readdirSync(modules).filter((file) => file.endsWith('.test.js'));
  const script = tests.map((file) => `await import('./${file}');`).join('\n');
  return (await node(modules, '--input-type=module', '--eval', script)).stdout;
}

/** Expects that a new plugin passes its tests, which run every audit. */
export async function expectPlugin(folder: string, choices: Choices): Promise<void> {
  const output = await create(folder, choices).catch(({ stdout }: { stdout: string }) => stdout);
  expect(output).toMatch(/^# fail 0$/m);
  expect(Number(/^# pass (\d+)$/m.exec(output)?.[1])).toBeGreaterThan(60);
}
