import { isFault } from '@sidetone/core';
import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/config/load.ts';

const JWT = '-----BEGIN NATS USER JWT-----\nx\n------END NATS USER JWT------\n';
const PEM = '-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n';

const STORAGE = { kind: 'postgres', url: 'postgres://127.0.0.1/sidetone' };

function parse(cluster: object) {
  return parseConfig(JSON.stringify({ storage: STORAGE, cluster }), 'sidetone.yaml', {}).cluster;
}

function errorIn(cluster: object): string {
  try {
    parse(cluster);
  } catch (error) {
    if (isFault(error)) return `${error.code} ${error.message}`;
    throw error;
  }
  return 'none';
}

const VALID = { nats: ['nats://127.0.0.1:4222'], node: 'a' };

describe('cluster', () => {
  test('is optional', () => expect(parseConfig('', 'f', {}).cluster).toBeUndefined());

  test('needs a database that nodes can share', () => {
    const text = JSON.stringify({ cluster: VALID });
    expect(() => parseConfig(text, 'f', {})).toThrow(/storage\.kind: expected postgres/);
  });

  test('needs servers and the name of the node', () => {
    expect(parse(VALID)).toEqual({ ...VALID, name: 'sidetone', leaseSeconds: 10, drainSeconds: 60 });
    expect(errorIn({})).toMatch(
      /^CONFIG_INVALID(.|\n)*cluster\.nats: expected(.|\n)*cluster\.node: expected/,
    );
  });

  test.each<[string, object, string]>([
    ['no server', { nats: [] }, 'cluster.nats: expected a list of 1 to 20 URLs'],
    ['another protocol', { nats: ['http://a'] }, 'cluster.nats.0: expected a URL such as nats://'],
    ['a password in a URL', { nats: ['nats://u:secret-pw@a'] }, 'cluster.nats.0: expected a URL such as'],
    ['a path in a URL', { nats: ['nats://a/b'] }, 'cluster.nats.0: expected a URL such as'],
    ['a name with dots', { node: 'a.b' }, 'cluster.node: expected a name of a-z'],
    ['a subject as name', { name: 'a.>' }, 'cluster.name: expected a name of a-z'],
    ['a user alone', { user: 'u' }, 'cluster.password: expected user and password together'],
    ['a password alone', { password: 'secret-pw' }, 'cluster.user: expected user and password together'],
    ['two ways to sign in', { token: 'secret-pw', credentials: JWT }, 'cluster.token: expected only one of'],
    ['a path as credentials', { credentials: '/secret-pw' }, 'cluster.credentials: expected the content of'],
    ['a certificate without key', { tls: { cert: PEM } }, 'cluster.tls.key: expected cert and key together'],
    ['a short lease', { leaseSeconds: 1 }, 'cluster.leaseSeconds: expected a whole number from 2 to 300'],
    ['an unknown key', { servers: [] }, 'cluster.servers: unknown key'],
  ])('rejects %s', (_case, change, message) => {
    const error = errorIn({ ...VALID, ...change });
    expect(error).toContain('CONFIG_INVALID');
    expect(error).toContain(message);
    expect(error).not.toContain('secret-pw');
  });

  test.each([
    [{ token: 't' }],
    [{ user: 'u', password: 'p' }],
    [{ credentials: JWT }],
    [{ tls: { ca: PEM } }],
    [{ nats: ['tls://a.example.com', 'tls://[::1]:4222'], leaseSeconds: '30', replicas: 3 }],
  ])('accepts %j', (change) => expect(errorIn({ ...VALID, ...change })).toBe('none'));
});
