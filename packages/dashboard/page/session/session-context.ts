/** Who is signed in, for every component below. */
import { createContext, useContext } from 'react';
import type { Api } from '../api/api.ts';
import type { Scope, Viewer } from './viewer.ts';

export interface SessionValue {
  readonly viewer: Viewer;
  readonly api: Api;
  readonly signOut: () => void;
}

export const SessionContext = createContext<SessionValue | undefined>(undefined);

/** @throws {Error} outside of a session. */
export function useSession(): SessionValue {
  const session = useContext(SessionContext);
  if (!session) throw new Error('there is no session here');
  return session;
}

/** Whether whoever is signed in may do this. */
export const useHasScope = (scope: Scope): boolean => useSession().viewer.scopes.has(scope);
