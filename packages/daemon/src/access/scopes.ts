/** The rule that an operation requires a scope. */
import { FaultError } from '@sidetone/core';
import type { Scope, Viewer } from './viewer.ts';

/**
 * Checks that the viewer has a scope.
 * @param what the field or endpoint, for the error message
 * @throws {FaultError} FORBIDDEN with the missing scope.
 */
export function requireScope(viewer: Viewer, scope: Scope, what: string): void {
  if (viewer.scopes.has(scope)) return;
  throw new FaultError('FORBIDDEN', `${what} requires an access token with the scope ${scope}`, {
    details: { scope },
  });
}
