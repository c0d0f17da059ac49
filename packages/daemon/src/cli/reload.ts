/** Reloads the configuration file while the daemon runs: the access tokens and the level of the log. */
import { isFault, messageOf, Secret } from '@sidetone/core';
import type { LoadedConfig } from '../config/load.ts';
import type { Config } from '../config/schema.ts';
import type { Daemon } from '../daemon.ts';
import type { Log } from '../log.ts';

interface ReloadDeps {
  /** Reads and checks the file. @throws {FaultError} of kind config. */
  readonly load: () => Promise<LoadedConfig>;
  /** The configuration of the start. */
  readonly started: Config;
  readonly daemon: Pick<Daemon, 'replaceTokens'>;
  readonly log: Log;
}

/** Returns a function that reloads the file. It never rejects: if the file is invalid, nothing changes, and the error is logged. */
export function createReload({ load, started, daemon, log }: ReloadDeps): () => Promise<void> {
  const { info, error: logError } = log('start');
  async function reload(): Promise<void> {
    try {
      const { config } = await load();
      await daemon.replaceTokens(config.auth.tokens);
      log.setLevel(config.log.level);
      info('configuration reloaded', {
        tokens: config.auth.tokens.length,
        logLevel: config.log.level,
        restartNeededFor: keysToRestartFor(started, config),
      });
    } catch (error) {
      const fields = isFault(error) ? { code: error.code, remedy: error.remedy } : { error };
      logError('reload failed, the configuration is unchanged', { ...fields, reason: messageOf(error) });
    }
  }
  let last = Promise.resolve();
  return () => (last = last.then(reload));
}

/** Returns the keys of the file whose changes are applied by the next start, never their values. Exported for tests. */
export function keysToRestartFor(started: Config, next: Config): readonly string[] {
  const fixed = ({ auth, log, ...sections }: Config): Readonly<Record<string, unknown>> => ({
    ...sections,
    auth: { ...auth, tokens: null },
    log: { ...log, level: null },
  });
  const keys = changedKeys(fixed(started), fixed(next), []);
  const omitted = keys.length - MAX_REPORTED_KEYS;
  return omitted > 0 ? [...keys.slice(0, MAX_REPORTED_KEYS), `and ${omitted} more`] : keys;
}

/** The number of changed keys that are reported. */
const MAX_REPORTED_KEYS = 20;

/** Returns a value as text, with its secrets. */
const textOf = (value: unknown): string | undefined =>
  JSON.stringify(value, function (this: Record<string, unknown>, key: string, text: unknown) {
    const original = this[key];
    return original instanceof Secret ? original.reveal() : text;
  });

function changedKeys(before: unknown, after: unknown, path: readonly string[]): readonly string[] {
  if (textOf(before) === textOf(after)) return [];
  if (!isMapping(before) || !isMapping(after)) return [path.join('.')];
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].flatMap((name) => changedKeys(before[name], after[name], [...path, name]));
}

const isMapping = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
