/** The sign-in state, as a store outside React. Whether a token is required is decided by the daemon. */
import { createApi, type Api } from '../api/api.ts';
import type { ApiError } from '../api/errors.ts';
import { createTokenPeers, type Channel } from './token-peers.ts';
import type { TokenStore } from './token-store.ts';
import { fetchViewer, type Viewer } from './viewer.ts';

export interface SignedInState {
  readonly status: 'signed-in';
  readonly viewer: Viewer;
  readonly api: Api;
}

type SessionState =
  | { readonly status: 'loading' }
  /** A token is required; `error` is set if the last one was rejected. */
  | { readonly status: 'signed-out'; readonly error?: string }
  | { readonly status: 'failed'; readonly error: ApiError }
  | SignedInState;

export interface Session {
  readonly state: () => SessionState;
  readonly subscribe: (listener: () => void) => () => void;
  /** Authenticates with the stored token, or without one. */
  start(): Promise<void>;
  /** @param isKept whether the token stays on this device when the browser is closed. */
  signIn(token: string, isKept: boolean): Promise<void>;
  /** Signs out in all tabs. */
  signOut(): void;
}

/** How long a new tab waits for the token of another one before it shows the sign-in page, ms. */
const PEER_WAIT_MS = 300;

const ENDED = 'Your access token has expired or was revoked. Sign in with another one to continue here.';

export function createSession(tokens: TokenStore, channel: Channel | undefined): Session {
  let state: SessionState = { status: 'loading' };
  const listeners = new Set<() => void>();
  let isAsking = false;
  const peers = createTokenPeers(channel, {
    token: () => (state.status === 'signed-in' ? state.api.token : undefined),
    onSignedIn(token) {
      if (state.status !== 'signed-out' && !isAsking) return;
      isAsking = false;
      // It may be kept on this device already.
      if (tokens.read() !== token) tokens.write(token, false);
      void start();
    },
    onSignedOut: () => end(),
  });

  function setState(next: SessionState): void {
    if (state.status === 'signed-in') state.api.close();
    state = next;
    for (const listener of listeners) listener();
  }

  function end(error?: string): void {
    tokens.clear();
    setState({ status: 'signed-out', ...(error !== undefined && { error }) });
  }

  function open(viewer: Viewer, token: string | undefined): void {
    const api = createApi(token, {
      onAuthRequired: () => end(ENDED),
      onCursorInvalid: () => open(viewer, token),
    });
    const { connection } = api.socket;
    connection.subscribe(() => {
      if (connection.state().status === 'refused') void check(token);
    });
    setState({ status: 'signed-in', viewer, api });
  }

  /** Ends the session if the daemon no longer accepts the token. */
  async function check(token: string | undefined): Promise<void> {
    const result = await fetchViewer(token);
    const isCurrent = state.status === 'signed-in' && state.api.token === token;
    if (isCurrent && 'code' in result && result.code === 'AUTH_REQUIRED') end(ENDED);
  }

  async function start(): Promise<void> {
    const token = tokens.read();
    const result = await fetchViewer(token);
    if ('scopes' in result) open(result, token);
    else if (result.code !== 'AUTH_REQUIRED') setState({ status: 'failed', error: result });
    else if (token === undefined && channel !== undefined) askPeers();
    else end(token === undefined ? undefined : 'This token is not valid. Check it and try again.');
  }

  function askPeers(): void {
    isAsking = true;
    peers.ask();
    setTimeout(() => {
      if (!isAsking) return;
      isAsking = false;
      end();
    }, PEER_WAIT_MS);
  }

  return {
    state: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    start,
    async signIn(token, isKept) {
      tokens.write(token, isKept);
      await start();
      if (state.status === 'signed-in') peers.signedIn(token);
    },
    signOut() {
      end();
      peers.signedOut();
    },
  };
}
