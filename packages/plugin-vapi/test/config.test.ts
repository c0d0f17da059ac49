import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import plugin from '@sidetone/plugin-vapi';
import { readOptions } from './harness.ts';

async function issuesOf(options: object): Promise<readonly string[]> {
  const result = await plugin.options['~standard'].validate(options);
  return (result.issues ?? []).map(({ path }) => (path ?? []).map(String).join('.'));
}

describe('optionsSchema', () => {
  it('has defaults for every option except the API key', async () => {
    const options = await readOptions({ publicKey: undefined });
    expect(options.apiBaseUrl.href).toBe('https://api.vapi.ai/');
    expect(options.monitorHosts).toEqual(['.vapi.ai']);
    expect(options.webhook.secret).toBeUndefined();
  });

  it('does not print secrets', async () => {
    const options = await readOptions({ webhook: { secret: 'hook-secret' } });
    expect(inspect(options, { depth: 5 }) + JSON.stringify(options)).not.toMatch(
      /private-key|public-key|hook-/,
    );
  });

  it('names the invalid option', async () => {
    expect(await issuesOf({})).toEqual(['apiKey']);
    expect(await issuesOf({ apiKey: '' })).toEqual(['apiKey']);
    expect(await issuesOf({ apiKey: 'k', apiBaseUrl: 'ftp://x' })).toEqual(['apiBaseUrl']);
    expect(await issuesOf({ apiKey: 'k', monitorHosts: ['https://x'] })).toEqual(['monitorHosts.0']);
  });

  it('rejects unknown options', async () => {
    expect(await issuesOf({ apiKey: 'k', apikey: 'k' })).toHaveLength(1);
    expect(await issuesOf({ apiKey: 'k', webhook: { secrets: 'k' } })).toEqual(['webhook']);
  });
});
