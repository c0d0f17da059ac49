/** The sign-in state, as a store outside React. Whether a token is required is decided by the daemon. */
import { createApi, type Api } from '../api/api.ts';
import type { ApiError } from '../api/errors.ts';
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
  signIn(token: string, isPersistent: boolean): Promise<void>;
  signOut(): void;
}

export function createSession(tokens: TokenStore): Session {
  let state: SessionState = { status: 'loading' };
  const listeners = new Set<() => void>();

  function setState(next: SessionState): void {
    if (state.status === 'signed-in') state.api.close();
    state = next;
    for (const listener of listeners) listener();
  }

  function signOut(error?: string): void {
    tokens.clear();
    setState({ status: 'signed-out', ...(error !== undefined && { error }) });
  }

  function open(viewer: Viewer, token: string | undefined): void {
    const api = createApi(token, {
      onAuthRequired: () => signOut('This token is no longer valid.'),
      onCursorInvalid: () => open(viewer, token),
    });
    setState({ status: 'signed-in', viewer, api });
  }

  async function start(): Promise<void> {
    const token = tokens.read();
    const result = await fetchViewer(token);
    if ('scopes' in result) open(result, token);
    else if (result.code !== 'AUTH_REQUIRED') setState({ status: 'failed', error: result });
    else signOut(token === undefined ? undefined : 'This token is not valid. Check it and try again.');
  }

  return {
    state: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    start,
    signIn(token, isPersistent) {
      tokens.write(token, isPersistent);
      return start();
    },
    signOut: () => signOut(),
  };
}
