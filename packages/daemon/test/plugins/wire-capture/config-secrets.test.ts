import { Secret } from '@sidetone/core';
import { expect, test } from 'vitest';
import { findSecrets } from '../../../src/plugins/wire-capture/config-secrets.ts';

test('finds every Secret, whatever its name is, with its path', () => {
  const parsed = { parrot: new Secret('a-b-c-d'), lines: [{ colour: new Secret('red-green') }], name: 'x' };
  expect(findSecrets(parsed, {})).toEqual([
    { value: 'a-b-c-d', path: 'parrot' },
    { value: 'red-green', path: 'lines.0.colour' },
  ]);
});

test('finds texts whose name says that they are secret, also if the plugin does not treat them as such', () => {
  const configured = { api_key: 'k-1', webhook: { authToken: 't-1' }, number: '+15005550006', region: 'eu' };
  expect(findSecrets(configured, configured).map(({ value }) => value)).toEqual(['k-1', 't-1']);
});

test('of a secret URL, finds what differs between two accounts, so that it is still a URL', () => {
  const url = new Secret(
    'wss://ana:pass%21word@agent.acme.test/calls/{callId}/0123456789abcdef?key=k-1&v={v}',
  );
  expect(findSecrets({ agentUrl: url }, {}).map(({ value }) => value)).toEqual([
    'agent.acme.test',
    'ana',
    'pass!word',
    'k-1',
    '0123456789abcdef',
  ]);
});
