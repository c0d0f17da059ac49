import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OptionsSchema } from '@sidetone/core';
import { createFakeClock } from '@sidetone/testkit';
import { describe, expect, test, vi } from 'vitest';
import { parseOptions } from '../../src/plugins/load.ts';
import { loadPlugin } from '../../src/plugins/plugin-factory.ts';
import { MODULES, writePlugins } from '../fixtures/plugins.ts';
import { tempDir } from '../support/temp-dir.ts';

const dir = tempDir();
const clock = createFakeClock();
writePlugins(dir);

describe('a plugin is loaded', () => {
  test.each(['./good.mjs', 'sidetone-plugin-good'])('from %s', async (specifier) => {
    expect((await loadPlugin('provider', specifier, dir, clock)).name).toBe('good');
  });

  test('from an absolute path', async () => {
    expect((await loadPlugin('provider', `${dir}/good.mjs`, '/', clock)).name).toBe('good');
  });
});

describe('a package is found', () => {
  test.each(['@sidetone/plugin-vapi', '@sidetone/plugin-vobiz'])(
    'if %s is installed with the daemon, wherever the configuration and the working directory are',
    async (name) => {
      const elsewhere = tempDir();
      const cwd = vi.spyOn(process, 'cwd').mockReturnValue(elsewhere);
      try {
        expect((await loadPlugin('provider', name, elsewhere, clock)).contract).toBe(1);
      } finally {
        cwd.mockRestore();
      }
    },
  );

  test('beside the program that runs the daemon, which may be started by a link', async () => {
    const folder = tempDir();
    const program = join(folder, 'program.js');
    const link = join(tempDir(), 'sidetone');
    const modules = join(folder, 'node_modules/sidetone-plugin-beside');
    mkdirSync(modules, { recursive: true });
    writeFileSync(join(modules, 'index.js'), MODULES.good);
    writeFileSync(join(modules, 'package.json'), JSON.stringify({ type: 'module', exports: './index.js' }));
    writeFileSync(program, '');
    symlinkSync(program, link);
    const [, started] = process.argv;
    process.argv[1] = link;
    try {
      expect((await loadPlugin('provider', 'sidetone-plugin-beside', dir, clock)).name).toBe('good');
    } finally {
      process.argv[1] = started!;
    }
  });

  test('or the error lists the folders in which it was looked up', async () => {
    await expect(loadPlugin('provider', 'sidetone-plugin-nowhere', dir, clock)).rejects.toThrow(
      `not found from ${dir}, ${process.cwd()}, ${join(import.meta.dirname, '../../src/plugins/')}`,
    );
  });

  test('in the folder of the configuration first', async () => {
    const folder = tempDir();
    const installed = join(folder, 'node_modules', '@sidetone', 'plugin-vapi');
    mkdirSync(installed, { recursive: true });
    writeFileSync(join(installed, 'package.json'), '{ "type": "module", "exports": "./own.js" }');
    writeFileSync(join(installed, 'own.js'), MODULES.good);
    expect((await loadPlugin('provider', '@sidetone/plugin-vapi', folder, clock)).name).toBe('good');
  });
});

describe('a plugin is rejected with a code and a reason', () => {
  test.each([
    ['./nowhere.mjs', 'PLUGIN_NOT_FOUND', /plugin \.\/nowhere\.mjs: not found from/],
    ['sidetone-plugin-nowhere', 'PLUGIN_NOT_FOUND', /plugin sidetone-plugin-nowhere: not found from/],
    ['./throws.mjs', 'PLUGIN_LOAD_FAILED', /load failed: I do not load/],
    ['./broken.mjs', 'PLUGIN_LOAD_FAILED', /load failed/],
    ['./empty.mjs', 'PLUGIN_INVALID', /expected a plugin object as the default export/],
    ['./future.mjs', 'PLUGIN_CONTRACT_UNSUPPORTED', /expected contract 1, received 2/],
    ['./partial.mjs', 'PLUGIN_INVALID', /missing property create/],
  ])('%s', async (specifier, code, message) => {
    await expect(loadPlugin('provider', specifier, dir, clock)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });
});

test('an error in the options names the key, not the value', async () => {
  const options: OptionsSchema<unknown> = {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate: () => ({ issues: [{ message: 'expected a string', path: ['webhook', { key: 'secret' }] }] }),
    },
  };
  await expect(
    parseOptions({ name: 'test', options }, { webhook: { secret: 42 } }, 'providers.x.options', clock),
  ).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: 'providers.x.options.webhook.secret: expected a string',
  });
});
