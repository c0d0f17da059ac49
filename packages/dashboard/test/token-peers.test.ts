import { expect, test } from 'vitest';
import { createTokenPeers, type Channel, type TokenPeers } from '../page/session/token-peers.ts';

/** Tabs whose channels deliver to all others at once. */
function tabsWith(...tokens: (string | undefined)[]) {
  const handlers: Parameters<Channel['receive']>[0][] = [];
  const calls: string[] = [];
  const peers = tokens.map((token, i): TokenPeers => {
    const channel: Channel = {
      send: (message) => handlers.forEach((handle, to) => to !== i && handle(message)),
      receive: (handler) => void (handlers[i] = handler),
    };
    return createTokenPeers(channel, {
      token: () => token,
      onSignedIn: (received) => calls.push(`${i} in ${received}`),
      onSignedOut: () => calls.push(`${i} out`),
    });
  });
  return { peers, calls };
}

test('a tab receives the token of one that is signed in', () => {
  const { peers, calls } = tabsWith(undefined, undefined, 'secret');
  peers[0]!.ask();
  expect(calls).toContain('0 in secret');
});

test('a tab that is not signed in does not answer', () => {
  const { peers, calls } = tabsWith(undefined, undefined);
  peers[0]!.ask();
  expect(calls).toEqual([]);
});

test('signing in and out is reported to all other tabs', () => {
  const { peers, calls } = tabsWith('a', undefined, undefined);
  peers[0]!.signedIn('a');
  peers[0]!.signedOut();
  expect(calls).toEqual(['1 in a', '2 in a', '1 out', '2 out']);
});

test('a browser that blocks the channel has a session in each tab', () => {
  const peers = createTokenPeers(undefined, { token: () => 'a', onSignedIn() {}, onSignedOut() {} });
  expect(() => peers.ask()).not.toThrow();
});
