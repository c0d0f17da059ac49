import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isFault } from '@sidetone/core';
import { describe, expect, test } from 'vitest';
import { loadConfig, parseConfig } from '../../src/config/load.ts';
import { tempDir } from '../support/temp-dir.ts';

const dir = tempDir();

/** The one line that a configuration is refused with. */
function mistakeIn(source: string, environment: Record<string, string> = {}): string {
  try {
    parseConfig(source, 'sidetone.yaml', environment);
  } catch (error) {
    if (isFault(error)) return `${error.code} ${error.message}`;
    throw error;
  }
  return 'none';
}

describe('a configuration', () => {
  test('may be empty: everything has a default', () => {
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
  ])("says by whom a provider's calls are transcribed: '%s' is %s", (setting, transcribe) => {
    const source = `{ providers: { p: { plugin: x, ${setting} } }, transcribers: { ear: { plugin: y } } }`;
    const { providers, transcribers } = parseConfig(source, 'f', {});
    expect(providers['p']?.transcribe).toBe(transcribe);
    expect(transcribers).toEqual({ ear: { plugin: 'y', options: {} } });
  });

  test('may have transcribers that no provider is set to, for calls that somebody asks it for', () => {
    expect(mistakeIn('transcribers: { ear: { plugin: x }, other: { plugin: x } }')).toBe('none');
  });

  test('takes variables from the environment, also for numbers and inside of texts', () => {
    const config = parseConfig('{ server: { port: "${PORT}" }, storage: { path: "/x/${NAME}.db" } }', 'f', {
      PORT: '4100',
      NAME: 'calls',
    });
    expect(config.server.port).toBe(4100);
    expect(config.storage.path).toBe('/x/calls.db');
  });
});

describe('a mistake is one line that names the key, what was found and what is expected:', () => {
  test.each([
    ['server: { port: abc }', 'server.port: found "abc", expected a whole number from 0 to 65535'],
    ['server: { port: 70000 }', 'server.port: found 70000, expected a whole number from 0 to 65535'],
    [
      'server: { prot: 1 }',
      'server.prot: found a key that does not exist; check its spelling and where it stands',
    ],
    ['servre: {}', 'servre: found a key that does not exist; check its spelling and where it stands'],
    ['server: 4000', 'server: found 4000, expected a mapping'],
    ['storage: { durability: fast }', 'storage.durability: found "fast", expected full or normal'],
    [
      'server: { publicUrl: calls.example.com }',
      'server.publicUrl: found "calls.example.com", expected an http or https address, like https://calls.example.com',
    ],
    ['providers: { vapi: {} }', 'providers.vapi.plugin: found nothing, expected a text'],
    [
      'providers: { vapi: { plugin: x, options: [secret] } }',
      'providers.vapi.options: found a list, expected a mapping of options',
    ],
    [
      'providers: { "My Vapi": { plugin: x } }',
      'providers.My Vapi: found this key, expected a name of a-z, 0-9 and -, beginning with a letter',
    ],
  ])('%s', (source, line) => {
    expect(mistakeIn(source)).toBe(`CONFIG_INVALID sidetone.yaml: ${line}`);
  });

  const ear = 'transcribers: { ear: { plugin: x } }';
  const ears = 'transcribers: { ear: { plugin: x }, other: { plugin: x } }';
  test.each([
    [
      'providers: { p: { plugin: x, transcribe: ear } }',
      'providers.p.transcribe: found "ear", expected one of off, or transcribers',
    ],
    [
      'providers: { p: { plugin: x, transcribe: auto } }',
      'providers.p.transcribe: found "auto", expected one of off, or transcribers',
    ],
    [
      `providers: { p: { plugin: x, transcribe: eer } }\n${ear}`,
      'providers.p.transcribe: found "eer", expected one of off, auto, ear',
    ],
    [
      `providers: { p: { plugin: x, transcribe: auto } }\n${ears}`,
      'providers.p.transcribe: found "auto", expected one of off, ear, other',
    ],
    [
      `providers: { p: { plugin: x, transcribe: true } }\n${ear}`,
      'providers.p.transcribe: found true, expected a text',
    ],
    [
      `providers: { p: { plugin: x, transcribe: "" } }\n${ear}`,
      'providers.p.transcribe: found "", expected a text that is not empty',
    ],
    [
      `providers: { good: { plugin: x, transcribe: ear }, p: { plugin: x, transcribe: toString } }\n${ear}`,
      'providers.p.transcribe: found "toString", expected one of off, auto, ear',
    ],
    [
      'transcribers: { auto: { plugin: x } }',
      'transcribers.auto: found this key, expected another name than off and auto, which are no transcribers',
    ],
    [
      'transcribers: { off: { plugin: x } }',
      'transcribers.off: found this key, expected another name than off and auto, which are no transcribers',
    ],
    [
      'transcribers: { Ear: { plugin: x } }',
      'transcribers.Ear: found this key, expected a name of a-z, 0-9 and -, beginning with a letter',
    ],
    ['transcribers: { ear: {} }', 'transcribers.ear.plugin: found nothing, expected a text'],
    [
      'transcribers: { ear: { plugin: x, options: secret } }',
      'transcribers.ear.options: found a text, expected a mapping of options',
    ],
    [
      'transcribers: { ear: { plugin: x, transcribe: off } }',
      'transcribers.ear.transcribe: found a key that does not exist; check its spelling and where it stands',
    ],
    ['transcribers: [ear]', 'transcribers: found a list, expected a mapping of transcriber ids'],
  ])('about transcribing: %s', (source, line) => {
    expect(mistakeIn(source)).toBe(`CONFIG_INVALID sidetone.yaml: ${line}`);
  });

  test.each(['0.0.0.0', '192.168.1.5', '::', 'calls.example.com'])(
    'the host %s, while there are no access tokens',
    (host) => {
      expect(mistakeIn(`server: { host: "${host}" }`)).toBe(
        `CONFIG_INVALID sidetone.yaml: server.host: found "${host}", expected 127.0.0.1, ::1 or localhost, or access tokens under auth.tokens for whoever comes from elsewhere`,
      );
    },
  );

  test.each([
    ['https://app.example.com/', 'a path'],
    ['app.example.com', 'no protocol'],
    ['*', 'everybody'],
    ['https://App.example.com', 'another spelling than a browser sends'],
  ])('an origin that is none: %s has %s', (origin) => {
    expect(mistakeIn(`server: { cors: { origins: ["${origin}"] } }`)).toBe(
      `CONFIG_INVALID sidetone.yaml: server.cors.origins.0: found "${origin}", expected an origin, like https://app.example.com, without a path`,
    );
  });

  test('YAML that is none, with its line', () => {
    expect(mistakeIn('server:\n  port: [1\nlog: {}')).toMatch(
      /^CONFIG_INVALID sidetone.yaml: line \d: [^\n]+$/,
    );
  });

  test('a variable that is not set', () => {
    expect(mistakeIn('storage: { path: "${NOWHERE}" }')).toBe(
      'CONFIG_VARIABLE_MISSING storage.path: the environment variable NOWHERE is not set',
    );
  });

  test('a file that is not there', async () => {
    await expect(loadConfig(join(dir, 'none.yaml'), {})).rejects.toMatchObject({
      code: 'CONFIG_UNREADABLE',
      message: expect.stringContaining('ENOENT'),
    });
  });
});

test('paths to plugins are relative to the file', async () => {
  writeFileSync(join(dir, 'sidetone.yaml'), 'server: { port: 0 }');
  expect((await loadConfig(join(dir, 'sidetone.yaml'), {})).baseDir).toBe(dir);
});
