import { Secret, type OptionsSchema } from '@sidetone/core';
import deepgram from '@sidetone/plugin-deepgram';
import vapi from '@sidetone/plugin-vapi';
import vobiz from '@sidetone/plugin-vobiz';
import { createFakeClock } from '@sidetone/testkit';
import { describe, expect, it, test } from 'vitest';
import { parseConfig } from '../packages/daemon/src/config/load.ts';
import { parseOptions } from '../packages/daemon/src/plugins/load.ts';

const clock = createFakeClock();
const KEY = 'providers.x.options';

const parse = (plugin: { name: string; options: OptionsSchema<unknown> }, options: object) =>
  parseOptions(plugin, options, KEY, clock);

const hmac = { algorithm: 'sha256' } as const;
const account = { authId: 'MA_1', answer: { mode: 'tap', dial: '+918000000001' } } as const;
const agent = { answer: { mode: 'agent' } } as const;

/** Every secret option of the plugins, with the options that it needs. */
const SECRETS: readonly (readonly [
  path: string,
  plugin: { name: string; options: OptionsSchema<unknown> },
  options: (secret: string) => object,
])[] = [
  ['apiKey', vapi, (apiKey) => ({ apiKey })],
  ['publicKey', vapi, (publicKey) => ({ apiKey: 'k', publicKey })],
  ['webhook.secret', vapi, (secret) => ({ apiKey: 'k', webhook: { secret } })],
  ['webhook.bearer.token', vapi, (token) => ({ apiKey: 'k', webhook: { bearer: { token } } })],
  [
    'webhook.hmac.secretKey',
    vapi,
    (secretKey) => ({ apiKey: 'k', webhook: { hmac: { ...hmac, secretKey } } }),
  ],
  ['forward.headers.x-key', vapi, (key) => ({ apiKey: 'k', forward: { headers: { 'x-key': key } } })],
  ['authToken', vobiz, (authToken) => ({ ...account, authToken })],
  ['parentAuthToken', vobiz, (parentAuthToken) => ({ ...account, authToken: 'k', parentAuthToken })],
  ['agentUrl', vobiz, (key) => ({ ...agent, agentUrl: `wss://agent.example.net/?key=${key}` })],
  ['apiKey', deepgram, (apiKey) => ({ apiKey })],
];

describe.each(SECRETS)('%s', (path, plugin, options) => {
  it('is accepted', async () => {
    await expect(parse(plugin, options('a-valid/Secret+text=='))).resolves.toBeDefined();
  });

  it.each(['\r', '\n', '\r\n', ' ', '\t', '\u00A0', '\uFEFF', '\u200B', '\0', '\u2028'])(
    'is rejected with %j after it, without its text',
    async (end) => {
      const failure = await parse(plugin, options(`some-secret${end}`)).catch((error: unknown) => error);
      expect(failure).toMatchObject({
        code: 'CONFIG_INVALID',
        message: expect.stringMatching(`^${KEY}.${path}: expected `),
      });
      expect(String(failure)).not.toContain('some-secret');
    },
  );
});

test.each(['schlüssel', 'ключ', '€'])('a secret in a header is rejected with %j', async (secret) => {
  const inHeaders = SECRETS.filter(([path]) => path !== 'webhook.hmac.secretKey' && path !== 'agentUrl');
  for (const [path, plugin, options] of inHeaders)
    await expect(parse(plugin, options(secret)), path).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
});

test('a signing key that is not sent may have any letters', async () => {
  await expect(
    parse(vapi, { apiKey: 'k', webhook: { hmac: { ...hmac, secretKey: 'schlüssel' } } }),
  ).resolves.toBeDefined();
});

test.each(['Bearer\r', 'Bearer ', 'Träger'])('a prefix %j that no header has is rejected', async (prefix) => {
  await expect(
    parse(vapi, { apiKey: 'k', webhook: { bearer: { token: 'k', prefix } } }),
  ).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: expect.stringContaining('webhook.bearer.prefix: expected '),
  });
});

/** A schema that converts every option and checks none, as that of a careless plugin. */
const careless: OptionsSchema<unknown> = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: (options) => ({
      value: { list: [{ token: new Secret((options as { token: string }).token) }] },
    }),
  },
};

test.each(['t\n', ' t', 'a\r\nb'])(
  'the secret %j of a plugin that does not check it is rejected',
  async (token) => {
    await expect(parse({ name: 'careless', options: careless }, { token })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringMatching(`^${KEY}.list.0.token: expected no `),
    });
    await expect(parse({ name: 'careless', options: careless }, { token: 't' })).resolves.toBeDefined();
  },
);

test.each(['token', 'sha256'])('an access token with a line ending in %s is rejected', (key) => {
  const value = key === 'token' ? '0123456789abcdef' : 'a'.repeat(64);
  const config = `auth: { tokens: [{ name: t, ${key}: "\${TOKEN}", scopes: [read] }] }`;
  expect(() => parseConfig(config, 'f', { TOKEN: value })).not.toThrow();
  for (const end of ['\r', '\n', '\r\n', ' '])
    expect(() => parseConfig(config, 'f', { TOKEN: value + end }), JSON.stringify(end)).toThrow(
      /auth\.tokens\.0/,
    );
});
