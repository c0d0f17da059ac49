/** Provides the session to components. */
import { createContext, useContext } from 'react';
import type { Api } from '../api/api.ts';
import type { Scope, Viewer } from './viewer.ts';

interface SessionValue {
  readonly viewer: Viewer;
  readonly api: Api;
  readonly signOut: () => void;
}

export const SessionContext = createContext<SessionValue | undefined>(undefined);

/** @throws {Error} outside of `SessionContext`. */
export function useSession(): SessionValue {
  const session = useContext(SessionContext);
  if (!session) throw new Error('useSession: expected a SessionContext');
  return session;
}

/** Whether the signed-in token has this scope. */
export const useHasScope = (scope: Scope): boolean => useSession().viewer.scopes.has(scope);
