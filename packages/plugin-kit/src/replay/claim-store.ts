/** What a replay guard keeps of requests. */
import type { PluginHost } from '@sidetone/core';

/** Default limit of the entries that a guard keeps. Above it, the oldest page is dropped. */
export const MAX_REPLAY_ENTRIES = 200_000;

export interface ReplayGuardOptions {
  readonly host: Pick<PluginHost, 'state' | 'clock' | 'log' | 'limitReached'>;
  /** Prefix of the keys in the state; one guard for each prefix. */
  readonly prefix: string;
  /** How long a signature stays valid, ms: entries are kept for at least this time. */
  readonly toleranceMs: number;
  /** Default: {@link MAX_REPLAY_ENTRIES}. */
  readonly limit?: number;
}

/** What was claimed. Digests are strings of bytes. */
export interface ClaimStore {
  load(): Promise<void>;
  /** Adds claims and returns what removes them again; undefined if there was one of them already. @throws if they cannot be stored */
  add(digests: readonly string[]): Promise<(() => void) | undefined>;
  readonly size: number;
  readonly dropped: number;
}

export type ClaimStoreOptions = Required<ReplayGuardOptions>;
