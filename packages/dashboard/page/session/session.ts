/** Who is signed in: a store outside React. The daemon decides whether a token is needed; the page only asks. */
import { createApi, type Api } from '../api/api.ts';
import type { Trouble } from '../api/errors.ts';
import type { TokenShelf } from './token.ts';
import { askViewer, type Viewer } from './viewer.ts';

export type SessionState =
  | { readonly status: 'asking' }
  /** A token is needed; `trouble` when the one that was tried is not known. */
  | { readonly status: 'out'; readonly trouble?: string }
  | { readonly status: 'failed'; readonly trouble: Trouble }
  | { readonly status: 'in'; readonly viewer: Viewer; readonly api: Api };

export interface Session {
  readonly state: () => SessionState;
  readonly subscribe: (listener: () => void) => () => void;
  /** Asks anew with the token that is kept, if any. */
  begin(): Promise<void>;
  signIn(token: string, isKept: boolean): Promise<void>;
  signOut(): void;
}

export function createSession(shelf: TokenShelf): Session {
  let state: SessionState = { status: 'asking' };
  const listeners = new Set<() => void>();

  function become(next: SessionState): void {
    if (state.status === 'in') state.api.close();
    state = next;
    for (const listener of listeners) listener();
  }

  function leave(trouble?: string): void {
    shelf.clear();
    become({ status: 'out', ...(trouble !== undefined && { trouble }) });
  }

  function enter(viewer: Viewer, token: string | undefined): void {
    const api = createApi(token, {
      onAuthRequired: () => leave('This token is no longer known.'),
      onLost: () => enter(viewer, token),
    });
    become({ status: 'in', viewer, api });
  }

  async function begin(): Promise<void> {
    const token = shelf.read();
    const answer = await askViewer(token);
    if ('scopes' in answer) enter(answer, token);
    else if (answer.code !== 'AUTH_REQUIRED') become({ status: 'failed', trouble: answer });
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
      shelf.put(token, isKept);
      return begin();
    },
    signOut: () => leave(),
  };
}
