import { describe, expect, it } from 'vitest';
import { start } from '../harness.ts';

const EXPOSED = { isExposed: true };
const WARNING = 'requests are not verified: other machines can reach this daemon and unverified is set';

describe('an instance that other machines can reach', () => {
  it('is not created without a webhook scheme', async () => {
    await expect(start({}, EXPOSED)).rejects.toMatchObject({
      code: 'CONFIG_UNVERIFIED',
      message: expect.stringMatching(/^webhook: expected secret, bearer or hmac/) as string,
    });
  });

  it.each([
    { secret: 'webhook-secret-0' },
    { bearer: { token: 'webhook-token-0' } },
    { hmac: { secretKey: 'webhook-key-0', algorithm: 'sha256' } },
  ])('is created without a warning with %j', async (webhook) => {
    const { host } = await start({ webhook }, EXPOSED);
    expect(host.logs).toEqual([]);
  });

  it('logs a warning at every start if it is explicitly unverified', async () => {
    const { host } = await start({ webhook: { unverified: true } }, EXPOSED);
    expect(host.logs).toMatchObject([{ level: 'warn', message: WARNING }]);
  });

  it('cannot have a scheme and be unverified', async () => {
    await expect(start({ webhook: { secret: 'webhook-secret-0', unverified: true } })).rejects.toThrow(
      'expected one of',
    );
  });
});

it('needs no scheme on loopback, and logs no warning', async () => {
  expect((await start({})).host.logs).toEqual([]);
});
