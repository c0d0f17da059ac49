import { writeFileSync } from 'node:fs';
import type { SqliteSettings } from '../../src/config/storage.ts';
import { join } from 'node:path';
import { isFault } from '@sidetone/core';
import { createFakeClock } from '@sidetone/testkit';
import { describe, expect, test } from 'vitest';
import { MAX_LISTED_ERRORS } from '../../src/config/failures.ts';
import { loadConfig, parseConfig } from '../../src/config/load.ts';
import { MAX_SECRET_BYTES } from '../../src/config/secret-files.ts';
import { createPluginCheck } from '../../src/plugins/check-plugins.ts';
import { writePlugins } from '../fixtures/plugins.ts';
import { tempDir } from '../support/temp-dir.ts';

const dir = tempDir();

/** Returns the error of a configuration. */
function errorIn(source: string, environment: Record<string, string> = {}): string {
  try {
    parseConfig(source, 'sidetone.yaml', environment);
  } catch (error) {
    if (isFault(error)) return `${error.code} ${error.message}`;
    throw error;
  }
  return 'none';
}

describe('a configuration', () => {
  test('can be empty, because every key has a default', () => {
    expect(parseConfig('', 'sidetone.yaml', {})).toMatchObject({
      server: { host: '127.0.0.1', port: 4000 },
      storage: { path: './data/sidetone.db', durability: 'full' },
      providers: {},
    });
  });

  test.each([
    ['', 'off'],
    ['transcribe: off', 'off'],
    ['transcribe: false', 'off'],
    ['transcribe: auto', 'auto'],
    ['transcribe: ear', 'ear'],
  ])("selects the transcriber of a provider: '%s' is %s", (setting, transcribe) => {
    const source = `{ providers: { p: { plugin: x, ${setting} } }, transcribers: { ear: { plugin: y } } }`;
    const { providers, transcribers } = parseConfig(source, 'f', {});
    expect(providers['p']?.transcribe).toBe(transcribe);
    expect(transcribers).toEqual({ ear: { plugin: 'y', options: {} } });
  });

  test('can have transcribers that no provider uses', () => {
    expect(errorIn('transcribers: { ear: { plugin: x }, other: { plugin: x } }')).toBe('none');
  });

  test.each([
    'http://127.0.0.1:4000',
    'http://127.8.9.10',
    'http://localhost',
    'http://[::1]',
    'http://[::ffff:127.0.0.1]',
  ])('needs no access tokens for the public URL %s', (url) =>
    expect(errorIn(`server: { publicUrl: "${url}" }`)).toBe('none'),
  );

  test('replaces environment variables, also in numbers and within strings', () => {
    const config = parseConfig('{ server: { port: "${PORT}" }, storage: { path: "/x/${NAME}.db" } }', 'f', {
      PORT: '4100',
      NAME: 'calls',
    });
    expect(config.server.port).toBe(4100);
    expect(config.storage).toMatchObject({ path: '/x/calls.db' });
  });

  describe('a secret in a file', () => {
    const read = (text: string, environment: Record<string, string> = {}): string =>
      (
        parseConfig(JSON.stringify({ storage: { path: text } }), join(dir, 'f.yaml'), environment)
          .storage as SqliteSettings
      ).path;
    writeFileSync(join(dir, 'secret'), 'a ${X} $& secret\r\n');
    writeFileSync(join(dir, 'long'), 'x'.repeat(MAX_SECRET_BYTES + 1));
    writeFileSync(join(dir, 'empty'), '\n');

    test.each([
      ['relative to the configuration', '${file:secret}', {}],
      ['with a variable in its path', '${file:${FOLDER}/secret}', { FOLDER: dir }],
      ['by a variable with the suffix _FILE', '${KEY}', { KEY_FILE: join(dir, 'secret') }],
    ])(
      '%s replaces the placeholder, without its line break and without another replacement',
      (_, text, env) => {
        expect(read(`<${text}>`, env)).toBe('<a ${X} $& secret>');
      },
    );

    test('is not read if the variable itself is set', () => {
      expect(read('${KEY}', { KEY: 'direct', KEY_FILE: '/nowhere' })).toBe('direct');
    });

    test.each([
      ['nowhere', 'ENOENT'],
      ['.', 'expected a regular file'],
      ['long', `expected at most ${MAX_SECRET_BYTES} bytes`],
      ['empty', 'expected a file with content'],
    ])('%s is an error with the key and the path', (name, problem) => {
      expect(() => read(`\${file:${name}}`)).toThrow(
        expect.objectContaining({
          code: 'CONFIG_SECRET_UNREADABLE',
          message: expect.stringContaining(`storage.path: cannot read the file ${name} (${problem})`),
        }),
      );
    });

    test('whose path contains a variable that is not set is reported as such', () => {
      expect(() => read('${file:${FOLDER}/secret}')).toThrow(
        expect.objectContaining({ code: 'CONFIG_VARIABLE_MISSING' }),
      );
    });
  });
});

describe('an error names the key, the expected and the received value:', () => {
  test.each([
    ['server: { port: abc }', 'server.port: expected a whole number from 0 to 65535, received "abc"'],
    ['server: { port: 70000 }', 'server.port: expected a whole number from 0 to 65535, received 70000'],
    ['server: { prot: 1 }', 'server.prot: unknown key'],
    ['servre: {}', 'servre: unknown key'],
    ['limits: { pendingFacts: 1000 }', 'limits.pendingFacts: was renamed to limits.pendingEvents'],
    [
      'limits: { responseBytes: 20000000 }',
      'limits.unsentBytesPerConnection: expected at least limits.responseBytes (20000000), received nothing',
    ],
    [
      'limits: { unsentBytesTotal: 100000 }',
      'limits.unsentBytesTotal: expected at least limits.unsentBytesPerClient (33554432), received 100000',
    ],
    ['server: 4000', 'server: expected a mapping, received 4000'],
    ['storage: { durability: fast }', 'storage.durability: expected full or normal, received "fast"'],
    [
      'server: { publicUrl: calls.example.com }',
      'server.publicUrl: expected an http or https URL, such as https://calls.example.com, received "calls.example.com"',
    ],
    ['providers: { vapi: {} }', 'providers.vapi.plugin: expected a non-empty string, received nothing'],
    [
      'providers: { vapi: { plugin: x, options: [secret] } }',
      'providers.vapi.options: expected a mapping of options, received a list',
    ],
    [
      'providers: { "My Vapi": { plugin: x } }',
      'providers.My Vapi: invalid key, expected a name of a-z, 0-9 and -, starting with a letter',
    ],
  ])('%s', (source, line) => {
    expect(errorIn(source)).toBe(`CONFIG_INVALID sidetone.yaml: ${line}`);
  });

  const ear = 'transcribers: { ear: { plugin: x } }';
  const ears = 'transcribers: { ear: { plugin: x }, other: { plugin: x } }';
  test.each([
    [
      'providers: { p: { plugin: x, transcribe: ear } }',
      'providers.p.transcribe: expected off, because no transcribers are configured, received "ear"',
    ],
    [
      'providers: { p: { plugin: x, transcribe: auto } }',
      'providers.p.transcribe: expected off, because no transcribers are configured, received "auto"',
    ],
    [
      `providers: { p: { plugin: x, transcribe: eer } }\n${ear}`,
      'providers.p.transcribe: expected one of off, auto, ear, received "eer"',
    ],
    [
      `providers: { p: { plugin: x, transcribe: auto } }\n${ears}`,
      'providers.p.transcribe: expected one of off, ear, other, received "auto"',
    ],
    [
      `providers: { p: { plugin: x, transcribe: true } }\n${ear}`,
      'providers.p.transcribe: expected a non-empty string, received true',
    ],
    [
      `providers: { p: { plugin: x, transcribe: "" } }\n${ear}`,
      'providers.p.transcribe: expected a non-empty string, received ""',
    ],
    [
      `providers: { good: { plugin: x, transcribe: ear }, p: { plugin: x, transcribe: toString } }\n${ear}`,
      'providers.p.transcribe: expected one of off, auto, ear, received "toString"',
    ],
    [
      'transcribers: { auto: { plugin: x } }',
      'transcribers.auto: invalid key, expected a name other than off and auto',
    ],
    [
      'transcribers: { off: { plugin: x } }',
      'transcribers.off: invalid key, expected a name other than off and auto',
    ],
    [
      'transcribers: { Ear: { plugin: x } }',
      'transcribers.Ear: invalid key, expected a name of a-z, 0-9 and -, starting with a letter',
    ],
    ['transcribers: { ear: {} }', 'transcribers.ear.plugin: expected a non-empty string, received nothing'],
    [
      'transcribers: { ear: { plugin: x, options: secret } }',
      'transcribers.ear.options: expected a mapping of options, received a string',
    ],
    ['transcribers: { ear: { plugin: x, transcribe: off } }', 'transcribers.ear.transcribe: unknown key'],
    ['transcribers: [ear]', 'transcribers: expected a mapping of transcriber ids, received a list'],
  ])('of transcription: %s', (source, line) => {
    expect(errorIn(source)).toBe(`CONFIG_INVALID sidetone.yaml: ${line}`);
  });

  test.each(['0.0.0.0', '192.168.1.5', '::', 'calls.example.com'])(
    'the host %s without access tokens',
    (host) => {
      expect(errorIn(`server: { host: "${host}" }`)).toBe(
        `CONFIG_INVALID sidetone.yaml: server.host: expected a loopback address (127.0.0.1, ::1 or localhost), because auth.tokens is empty, received "${host}"`,
      );
    },
  );

  test.each(['http://0.0.0.0:4000/', 'https://[::]/', 'http://0/', 'http://[::ffff:0.0.0.0]:1/'])(
    'the public URL %s, to which no client can connect',
    (url) => {
      expect(errorIn(`server: { publicUrl: "${url}" }`)).toMatch(
        /server\.publicUrl: expected the address at which providers and browsers reach this daemon/,
      );
    },
  );

  test.each([
    'https://calls.example.com/',
    'http://192.168.1.5:4000/',
    'http://[2001:db8::1]/',
    'http://[::ffff:192.0.2.1]/',
    'http://127.0.0.1.example.com/',
  ])('the public URL %s without access tokens', (url) => {
    expect(errorIn(`server: { publicUrl: "${url}" }`)).toMatch(
      /^CONFIG_INVALID sidetone.yaml: server\.publicUrl: expected a loopback URL .*because auth\.tokens is empty/,
    );
  });

  test.each(['0.0.0.0/33', '10.0.0.0/8/8', 'proxy.example.com', '::1/129', '', '::ffff:10.0.0.0/95'])(
    'the trusted proxy "%s"',
    (proxy) => {
      expect(errorIn(`server: { trustedProxies: ["${proxy}"] }`)).toContain(
        'server.trustedProxies.0: expected an IP address or a range such as 10.0.0.0/8',
      );
    },
  );

  test.each([
    ['https://app.example.com/', 'a path'],
    ['app.example.com', 'no protocol'],
    ['*', 'a wildcard'],
    ['https://App.example.com', 'upper case'],
  ])('the origin %s, because it has %s', (origin) => {
    expect(errorIn(`server: { cors: { origins: ["${origin}"] } }`)).toBe(
      `CONFIG_INVALID sidetone.yaml: server.cors.origins.0: expected an origin without a path, such as https://app.example.com, received "${origin}"`,
    );
  });

  test('invalid YAML, with its line', () => {
    expect(errorIn('server:\n  port: [1\nlog: {}')).toMatch(
      /^CONFIG_INVALID sidetone.yaml: line \d: [^\n]+$/,
    );
  });

  test('a variable that is not set', () => {
    expect(errorIn('storage: { path: "${NOWHERE}" }')).toBe(
      'CONFIG_VARIABLE_MISSING sidetone.yaml: storage.path: the environment variable NOWHERE is not set',
    );
  });

  test('all of them at once, each in a line', () => {
    const source = `
      servre: {}
      server: { port: abc, host: 0.0.0.0, prot: 1 }
      limits: { responseBytes: 20000000, x: 1 }
      log: { level: "\${LEVEL}" }
      storage: { path: "\${A}\${B}" }
      providers: { Bad: { plugin: x }, good: { plugin: x, transcribe: ear }, none: {} }`;
    expect(errorIn(source).split('\n')).toEqual([
      'CONFIG_INVALID sidetone.yaml: 9 errors',
      '  log.level: the environment variable LEVEL is not set [CONFIG_VARIABLE_MISSING]',
      '  storage.path: the environment variable A is not set [CONFIG_VARIABLE_MISSING]',
      '  storage.path: the environment variable B is not set [CONFIG_VARIABLE_MISSING]',
      '  server.port: expected a whole number from 0 to 65535, received "abc" [CONFIG_INVALID]',
      '  server.prot: unknown key [CONFIG_INVALID]',
      '  limits.x: unknown key [CONFIG_INVALID]',
      '  providers.Bad: invalid key, expected a name of a-z, 0-9 and -, starting with a letter [CONFIG_INVALID]',
      '  providers.none.plugin: expected a non-empty string, received nothing [CONFIG_INVALID]',
      '  servre: unknown key [CONFIG_INVALID]',
      '',
    ]);
  });

  test('those between valid sections too, although other sections are invalid', () => {
    const source = `
      server: { host: 0.0.0.0, publicUrl: https://calls.example.com }
      limits: { unsentBytesTotal: 100000 }
      log: { level: loud }
      providers: { p: { plugin: x, transcribe: ear } }`;
    expect(errorIn(source).match(/^ {2}[\w.]+/gm)).toEqual([
      '  log.level',
      '  server.host',
      '  server.publicUrl',
      '  limits.unsentBytesTotal',
      '  providers.p.transcribe',
    ]);
  });

  test('many of them up to a limit', () => {
    const keys = Array.from({ length: MAX_LISTED_ERRORS + 7 }, (_, n) => `k${n}: 1`);
    const lines = errorIn(`{ ${keys.join(', ')} }`).split('\n');
    expect([lines.length, lines.at(-2)]).toEqual([MAX_LISTED_ERRORS + 3, '  and 7 more']);
  });

  test('those of plugin options too, except of missing variables', async () => {
    writePlugins(dir);
    const file = join(dir, 'all.yaml');
    writeFileSync(
      file,
      `
        server: { port: abc }
        providers:
          good: { plugin: ./good.mjs }
          vapi: { plugin: '@sidetone/plugin-vapi', options: { apiKey: 42, apiBaseUrl: "\${NOWHERE}", monitor: x } }
          gone: { plugin: ./gone.mjs }
        transcribers:
          ear: { plugin: '@sidetone/plugin-deepgram', options: { apiKey: "" } }`,
    );
    const error: unknown = await loadConfig(file, {}, createPluginCheck(createFakeClock())).catch(
      (cause: unknown) => cause,
    );
    expect((error as Error).message.match(/^ {2}[\w.]+/gm)).toEqual([
      '  providers.vapi.options.apiBaseUrl',
      '  server.port',
      '  providers.vapi.options.apiKey',
      '  providers.vapi.options',
      '  transcribers.ear.options.apiKey',
    ]);
  });

  test('a file that does not exist', async () => {
    await expect(loadConfig(join(dir, 'missing.yaml'), {})).rejects.toMatchObject({
      code: 'CONFIG_UNREADABLE',
      message: expect.stringContaining('ENOENT'),
    });
  });
});

test('plugin paths are relative to the file', async () => {
  writeFileSync(join(dir, 'sidetone.yaml'), 'server: { port: 0 }');
  expect((await loadConfig(join(dir, 'sidetone.yaml'), {})).baseDir).toBe(dir);
});
