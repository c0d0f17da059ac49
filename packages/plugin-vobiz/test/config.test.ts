import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import plugin from '@sidetone/plugin-vobiz';
import { AUTH, readOptions } from './harness.ts';

async function issuesOf(options: object): Promise<readonly string[]> {
  const result = await plugin.options['~standard'].validate(options);
  return (result.issues ?? []).map(({ path }) => (path ?? []).map(String).join('.'));
}

const answer = { mode: 'tap', dial: '+918000000001' };

describe('options', () => {
  it('have defaults for all but the account and the answer', async () => {
    expect(await readOptions()).toMatchObject({
      apiBaseUrl: new URL('https://api.vobiz.ai/api/v1'),
      l16ByteOrder: 'auto',
      signature: 'verify',
      contentType: 'audio/x-mulaw;rate=8000',
    });
    expect(await issuesOf({})).toEqual(['authId', 'authToken', 'answer']);
  });

  it('keep the token from being printed', async () => {
    const options = await readOptions();
    expect(inspect(options, { depth: 5 }) + JSON.stringify(options)).not.toContain(AUTH.authToken);
  });

  it.each(['+918000000001', '918000000001', 'sip:desk@pbx.example.net', 'sips:desk@pbx.example.net:5061'])(
    'dial %s',
    async (dial) => {
      expect((await readOptions({ answer: { mode: 'tap', dial } })).answer.dial).toBe(dial);
    },
  );

  it.each(['', 'desk', 'sip:des k@pbx.example.net', 'sip:desk', '+91 80', 'https://example.net'])(
    'do not dial %j',
    async (dial) => {
      expect(await issuesOf({ ...AUTH, answer: { mode: 'tap', dial } })).toEqual(['answer.dial']);
    },
  );

  it('name the key that is wrong, also where it is not known', async () => {
    expect(await issuesOf({ ...AUTH, answer, contentType: 'audio/x-l16;rate=24000' })).toEqual([
      'contentType',
    ]);
    expect(await issuesOf({ ...AUTH, answer: { ...answer, mode: 'agent' } })).toEqual(['answer.mode']);
    expect(await issuesOf({ ...AUTH, answer, authtoken: 'x' })).toHaveLength(1);
    expect(await issuesOf({ ...AUTH, answer: { ...answer, timeout: 1 } })).toEqual(['answer']);
  });
});
