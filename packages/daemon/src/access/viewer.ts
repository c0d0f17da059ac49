/** Viewers and their scopes. */

/** What a token may have: permissions, and MASKED_NUMBERS, which hides telephone numbers from it. */
export const SCOPES = ['READ', 'LISTEN', 'CONTROL', 'ADMIN', 'MASKED_NUMBERS'] as const;
export type Scope = (typeof SCOPES)[number];

const PERMISSIONS = SCOPES.filter((scope) => scope !== 'MASKED_NUMBERS');

/** Who sends a request. */
export interface Viewer {
  /** The name of the access token, or `local` if the daemon has none. Stored with commands and notes. */
  readonly name: string;
  /** ADMIN is always accompanied by all other permissions, and sees numbers. */
  readonly scopes: ReadonlySet<Scope>;
  /** When the access token becomes invalid, epoch ms; missing if it does not expire. */
  readonly expiresAt?: number;
}

/** The viewer of every request to a daemon without access tokens, which listens on loopback only. */
export const LOCAL_VIEWER: Viewer = viewerOf('local', ['ADMIN']);

export function viewerOf(name: string, scopes: readonly Scope[], expiresAt: number | null = null): Viewer {
  return {
    name,
    scopes: new Set(scopes.includes('ADMIN') ? PERMISSIONS : scopes),
    ...(expiresAt !== null && { expiresAt }),
  };
}

/** Returns whether a viewer may see telephone numbers. */
export const seesNumbers = ({ scopes }: Pick<Viewer, 'scopes'>): boolean => !scopes.has('MASKED_NUMBERS');
