import { describe, expect, it } from 'vitest';
import { start } from '../harness.ts';

const EXPOSED = { isExposed: true };
const KEYLESS = { authId: undefined, authToken: undefined };

describe('an instance that other machines can reach', () => {
  it.each([{}, { signature: 'verify' }, { signature: 'off' }, KEYLESS, { attach: {}, answer: undefined }])(
    'is not created with %j',
    async (options) => {
      await expect(start(options, EXPOSED)).rejects.toMatchObject({
        code: 'CONFIG_UNVERIFIED',
        message: expect.stringMatching(/^signature: expected require/) as string,
      });
    },
  );

  it('is created without a warning if signatures are required', async () => {
    expect((await start({ signature: 'require' }, EXPOSED)).host.logs).toEqual([]);
  });

  it.each([{ signature: 'verify' }, { signature: 'off' }, KEYLESS])(
    'logs a warning at every start with %j and unverified',
    async (options) => {
      const { host } = await start({ ...options, unverified: true }, EXPOSED);
      expect(host.logs).toMatchObject([{ level: 'warn', fields: { option: 'signature' } }]);
    },
  );
});

it('needs no signatures on loopback, and logs no warning', async () => {
  expect((await start({})).host.logs).toEqual([]);
});
