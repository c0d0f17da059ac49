/** Who asks, and what they may do. */

export const SCOPES = ['READ', 'LISTEN', 'CONTROL', 'ADMIN'] as const;
export type Scope = (typeof SCOPES)[number];

export interface Viewer {
  /** The name of the access token; `local` while there are none. Kept with what they do. */
  readonly name: string;
  /** ADMIN never stands alone: it brings the others. */
  readonly scopes: ReadonlySet<Scope>;
}

/** Whoever reaches the loopback address of a daemon without access tokens. */
export const LOCAL_VIEWER: Viewer = { name: 'local', scopes: new Set(SCOPES) };

export function viewerOf(name: string, scopes: readonly Scope[]): Viewer {
  return { name, scopes: new Set(scopes.includes('ADMIN') ? SCOPES : scopes) };
}
