import type { OptionsSchema } from '@sidetone/core';
import { createFakeClock } from '@sidetone/testkit';
import { describe, expect, test } from 'vitest';
import { loadPlugin, parseOptions, type AnyPlugin } from '../../src/plugins/load.ts';
import { writePlugins } from '../fixtures/plugins.ts';
import { tempDir } from '../support/temp-dir.ts';

const dir = tempDir();
const clock = createFakeClock();
writePlugins(dir);

describe('a plugin is found', () => {
  test.each(['./good.mjs', 'sidetone-plugin-good'])('as %s', async (specifier) => {
    expect((await loadPlugin(specifier, dir, clock)).name).toBe('good');
  });

  test('by an absolute path', async () => {
    expect((await loadPlugin(`${dir}/good.mjs`, '/', clock)).name).toBe('good');
  });
});

describe('a plugin is refused with its own code and sentence', () => {
  test.each([
    ['./nowhere.mjs', 'PLUGIN_NOT_FOUND', /the plugin \.\/nowhere\.mjs was not found from/],
    ['sidetone-plugin-nowhere', 'PLUGIN_NOT_FOUND', /the plugin sidetone-plugin-nowhere was not found from/],
    ['./throws.mjs', 'PLUGIN_LOAD_FAILED', /could not be loaded: I do not load/],
    ['./broken.mjs', 'PLUGIN_LOAD_FAILED', /could not be loaded/],
    ['./empty.mjs', 'PLUGIN_INVALID', /has no default export that is a plugin/],
    ['./future.mjs', 'PLUGIN_CONTRACT_UNSUPPORTED', /is for contract 2, this daemon has contract 1/],
    ['./partial.mjs', 'PLUGIN_INVALID', /has no create/],
  ])('%s', async (specifier, code, message) => {
    await expect(loadPlugin(specifier, dir, clock)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });
});

test('a mistake in the options names the key, and never the value', async () => {
  const options: OptionsSchema<unknown> = {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate: () => ({ issues: [{ message: 'expected a text', path: ['webhook', { key: 'secret' }] }] }),
    },
  };
  await expect(
    parseOptions({ options } as AnyPlugin, { webhook: { secret: 42 } }, 'providers.x.options', clock),
  ).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: 'providers.x.options.webhook.secret: expected a text',
  });
});
