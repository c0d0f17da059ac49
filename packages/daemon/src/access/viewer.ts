/** Viewers and their scopes. */

export const SCOPES = ['READ', 'LISTEN', 'CONTROL', 'ADMIN'] as const;
export type Scope = (typeof SCOPES)[number];

/** Who sends a request. */
export interface Viewer {
  /** The name of the access token, or `local` if the daemon has none. Stored with commands and notes. */
  readonly name: string;
  /** ADMIN is always accompanied by all other scopes. */
  readonly scopes: ReadonlySet<Scope>;
}

/** The viewer of every request to a daemon without access tokens, which listens on loopback only. */
export const LOCAL_VIEWER: Viewer = { name: 'local', scopes: new Set(SCOPES) };

export function viewerOf(name: string, scopes: readonly Scope[]): Viewer {
  return { name, scopes: new Set(scopes.includes('ADMIN') ? SCOPES : scopes) };
}
