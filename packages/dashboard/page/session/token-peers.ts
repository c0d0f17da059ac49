/**
 * Shares the session between the tabs of this origin: a new tab receives the token of one that is signed in, and signing out
 * signs out all. The token is in messages between these tabs only; other origins cannot receive them.
 */

type Message =
  | { readonly type: 'ask' }
  | { readonly type: 'signed-in'; readonly token: string }
  | { readonly type: 'signed-out' };

/** Sends messages to all other tabs. */
export interface Channel {
  send(message: Message): void;
  /** Calls the handler with each message of another tab. */
  receive(handler: (message: Message) => void): void;
}

interface Peer {
  /** Returns the token of this tab; undefined if it is not signed in. */
  readonly token: () => string | undefined;
  /** Called when another tab signed in, or answered `ask`. */
  readonly onSignedIn: (token: string) => void;
  readonly onSignedOut: () => void;
}

export interface TokenPeers {
  /** Requests the token of another tab: `onSignedIn` is called if there is one. */
  ask(): void;
  /** Reports that this tab signed in. */
  signedIn(token: string): void;
  signedOut(): void;
}

/** @param channel undefined if the browser blocks it: each tab then has a session of its own. */
export function createTokenPeers(channel: Channel | undefined, peer: Peer): TokenPeers {
  channel?.receive((message) => {
    if (message.type === 'signed-out') peer.onSignedOut();
    else if (message.type === 'signed-in') peer.onSignedIn(message.token);
    else {
      const token = peer.token();
      if (token !== undefined) channel.send({ type: 'signed-in', token });
    }
  });
  return {
    ask: () => channel?.send({ type: 'ask' }),
    signedIn: (token) => channel?.send({ type: 'signed-in', token }),
    signedOut: () => channel?.send({ type: 'signed-out' }),
  };
}

/** Opens the channel of the tabs of one daemon. */
export function openChannel(root: string): Channel | undefined {
  try {
    const channel = new BroadcastChannel(`sidetone.session ${root}`);
    return {
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel has no target
      send: (message) => channel.postMessage(message),
      receive(handler) {
        channel.addEventListener('message', ({ data }: MessageEvent<Message>) => handler(data));
      },
    };
  } catch {
    return undefined;
  }
}
