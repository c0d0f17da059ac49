/** Who is signed in: a store outside React. The daemon decides whether a token is needed; the page only asks. */
import { createApi, type Api } from '../api/api.ts';
import type { ApiError } from '../api/errors.ts';
import type { TokenStore } from './token-store.ts';
import { fetchViewer, type Viewer } from './viewer.ts';

export type SessionState =
  | { readonly status: 'asking' }
  /** A token is needed; `error` when the one that was tried is not known. */
  | { readonly status: 'out'; readonly error?: string }
  | { readonly status: 'failed'; readonly error: ApiError }
  | { readonly status: 'in'; readonly viewer: Viewer; readonly api: Api };

export interface Session {
  readonly state: () => SessionState;
  readonly subscribe: (listener: () => void) => () => void;
  /** Asks anew with the token that is kept, if any. */
  begin(): Promise<void>;
  signIn(token: string, isKept: boolean): Promise<void>;
  signOut(): void;
}

export function createSession(tokens: TokenStore): Session {
  let state: SessionState = { status: 'asking' };
  const listeners = new Set<() => void>();

  function setState(next: SessionState): void {
    if (state.status === 'in') state.api.close();
    state = next;
    for (const listener of listeners) listener();
  }

  function leave(error?: string): void {
    tokens.clear();
    setState({ status: 'out', ...(error !== undefined && { error }) });
  }

  function enter(viewer: Viewer, token: string | undefined): void {
    const api = createApi(token, {
      onAuthRequired: () => leave('This token is no longer known.'),
      onCursorInvalid: () => enter(viewer, token),
    });
    setState({ status: 'in', viewer, api });
  }

  async function begin(): Promise<void> {
    const token = tokens.read();
    const answer = await fetchViewer(token);
    if ('scopes' in answer) enter(answer, token);
    else if (answer.code !== 'AUTH_REQUIRED') setState({ status: 'failed', error: answer });
    else leave(token === undefined ? undefined : 'This token is not known. Check it and try again.');
  }

  return {
    state: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    begin,
    signIn(token, isKept) {
      tokens.put(token, isKept);
      return begin();
    },
    signOut: () => leave(),
  };
}
