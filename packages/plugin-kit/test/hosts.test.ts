import { describe, expect, test } from 'vitest';
import { createHostMatcher, hostInUrl, isHostRule, isLoopbackUrl } from '../src/hosts.ts';

describe('hostInUrl', () => {
  test.each([
    ['127.0.0.1', '127.0.0.1'],
    ['localhost', 'localhost'],
    ['::1', '[::1]'],
    ['[::1]', '[::1]'],
    ['::', '[::]'],
    ['2001:db8::7', '[2001:db8::7]'],
    ['::ffff:127.0.0.1', '[::ffff:127.0.0.1]'],
    ['fe80::1%eth0', '[fe80::1]'],
    ['[fe80::1%eth0]', '[fe80::1]'],
  ])('writes %s as %s', (host, expected) => {
    expect(hostInUrl(host)).toBe(expected);
    expect(new URL(`http://${hostInUrl(host)}:5600/`).port).toBe('5600');
  });
});

describe('createHostMatcher', () => {
  test.each([
    ['fd00::7', 'ws://[fd00::7]:8080/x'],
    ['FD00:0:0::7', 'ws://[fd00::7]/x'],
    ['[fd00::7]', 'wss://[fd00:0:0:0:0:0:0:7]/x'],
    ['[fd00::7]:8080', 'ws://[fd00::7]:8080/x'],
    ['::ffff:10.0.0.7', 'ws://[::ffff:a00:7]/x'],
    ['10.0.0.7:8080', 'http://10.0.0.7:8080/'],
    ['media.example.com', 'https://media.example.com:8443/a'],
    ['Media.Example.com', 'https://media.example.com/a'],
    ['media.example.com:443', 'wss://media.example.com/a'],
    ['media.example.com:80', 'http://media.example.com/a'],
    ['.example.com', 'https://media.example.com/a'],
    ['.Example.com', 'https://media.example.com/a'],
    ['.example.com:8443', 'https://media.example.com:8443/a'],
    ['bücher.example', 'https://xn--bcher-kva.example/'],
  ])('%s matches %s', (rule, url) => {
    expect(isHostRule(rule)).toBe(true);
    expect(createHostMatcher(['other.example', rule])(new URL(url))).toBe(true);
  });

  test.each([
    ['fd00::7', 'ws://[fd00::8]/x'],
    ['[fd00::7]:8080', 'ws://[fd00::7]:8081/x'],
    ['media.example.com:443', 'http://media.example.com/a'],
    ['media.example.com:8443', 'https://media.example.com/a'],
    ['.example.com', 'https://example.com/a'],
    ['.example.com:8443', 'https://media.example.com/a'],
    ['.example.com', 'https://evilexample.com/a'],
    ['example.com', 'https://media.example.com/a'],
  ])('%s does not match %s', (rule, url) => {
    expect(createHostMatcher([rule])(new URL(url))).toBe(false);
  });

  test.each([
    '',
    '.',
    'a b',
    'https://example.com',
    'example.com/path',
    'user@example.com',
    '[::1',
    'fd00::7/64',
    '1:2:3',
  ])('"%s" is not a rule and matches nothing', (rule) => {
    expect(isHostRule(rule)).toBe(false);
    expect(createHostMatcher([rule])(new URL('https://example.com/'))).toBe(false);
  });
});

describe('isLoopbackUrl', () => {
  test.each(['http://localhost/', 'ws://127.9.0.1:1/', 'http://[::1]:5/', 'http://[::ffff:127.0.0.1]/'])(
    '%s',
    (url) => expect(isLoopbackUrl(new URL(url))).toBe(true),
  );
  test.each([
    'http://[::2]/',
    'http://127.0.0.1.example.com/',
    'http://[::ffff:10.0.0.1]/',
    'http://10.0.0.1/',
  ])('not %s', (url) => expect(isLoopbackUrl(new URL(url))).toBe(false));
});
