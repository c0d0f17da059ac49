/** Replaces the access tokens while the daemon runs. Connections of tokens that are no longer valid are closed. */
import { FaultError } from '@sidetone/core';
import type { AccessToken } from '../access/access-tokens.ts';
import { isExposed } from '../access/exposure.ts';
import { LOCAL_VIEWER } from '../access/viewer.ts';
import type { Config } from '../config/schema.ts';

interface ReplaceTokensDeps {
  /** The configuration of the start; its address and `auth.unverified` still apply. */
  readonly config: Pick<Config, 'server' | 'auth'>;
  /** What decides by tokens. */
  readonly holders: readonly { setTokens(tokens: readonly AccessToken[]): void }[];
  readonly connections: { closeThoseOf(viewers: ReadonlySet<string>): void };
  readonly audit: (tokens: readonly AccessToken[]) => Promise<void>;
}

/**
 * Returns a function that replaces the tokens.
 * @throws {FaultError} CONFIG_INVALID, and nothing changes, if other machines could then do everything.
 */
export function createReplaceTokens({ config, holders, connections, audit }: ReplaceTokensDeps) {
  let current: readonly AccessToken[] = config.auth.tokens;
  return async (tokens: readonly AccessToken[]): Promise<void> => {
    if (tokens.length === 0 && isExposed(config.server) && !config.auth.unverified) {
      const reason = 'because other machines can reach this daemon';
      throw new FaultError('CONFIG_INVALID', `auth.tokens: expected at least one token, ${reason}`);
    }
    const revoked = revokedBy(current, tokens);
    for (const holder of holders) holder.setTokens(tokens);
    current = tokens;
    connections.closeThoseOf(revoked);
    await audit(tokens);
  };
}

/** Returns the names of the viewers that are no longer valid, or have other scopes. */
function revokedBy(before: readonly AccessToken[], after: readonly AccessToken[]): ReadonlySet<string> {
  if (before.length === 0) return new Set(after.length === 0 ? [] : [LOCAL_VIEWER.name]);
  const textOf = ({ name, sha256, scopes }: AccessToken): string =>
    [name, sha256, ...scopes.toSorted()].join();
  const valid = new Set(after.map(textOf));
  return new Set(before.filter((token) => !valid.has(textOf(token))).map(({ name }) => name));
}
