/**
 * Entries that are valid for some time and taken once. A repeated request gets a taken entry for a while longer, because Vobiz
 * retries when a response is lost. They are kept in the durable state. If the state is shared, the instance that issues an entry and
 * the one that takes it may be those of different nodes: see `shared-entries.ts`.
 */
import type { ProviderHost } from '@sidetone/core';

export type StateHost = Pick<ProviderHost, 'state' | 'clock' | 'log'>;

export interface OnceEntriesOptions<Value extends object> {
  readonly host: StateHost;
  /** Prefix of the keys in the state. */
  readonly prefix: string;
  /** Returns the value in an entry; undefined if it is not valid. */
  readonly parse: (entry: unknown) => Value | undefined;
  readonly lifetimeMs: number;
  /** How long a taken entry is returned again, ms. */
  readonly retryMs: number;
  readonly limit: number;
  /** Called before the oldest entry is dropped because of the limit. */
  readonly onLimit: () => void;
}

export interface Taken<Value> {
  readonly value: Value;
  /** Whether it was taken before. */
  readonly isRepeated: boolean;
}

export interface OnceEntries<Value extends object> {
  /** Loads what was stored before a restart. */
  load(): Promise<void>;
  /** Adds an entry, or replaces it. @throws if it cannot be stored; it is valid in this instance nevertheless. */
  put(key: string, value: Value): Promise<void>;
  /** Returns a valid entry. */
  get(key: string): Promise<Value | undefined>;
  /** Returns an entry and marks it as taken; undefined if it is unknown, expired or not accepted. */
  take(key: string, isAccepted?: (value: Value) => boolean): Promise<Taken<Value> | undefined>;
  delete(key: string): Promise<void>;
  deleteWhere(isMatch: (value: Value) => boolean): Promise<void>;
}

/** An entry with what is stored beside its value. `expiresAt` is elapsed time. */
export type StoredEntry<Value> = Value & { readonly expiresAt: number; readonly isTaken?: true };

/** Adds `expiresAt` to what `parse` returns. */
export function parseStored<Value extends object>(
  parse: (entry: unknown) => Value | undefined,
): (entry: unknown) => StoredEntry<Value> | undefined {
  return (entry) => {
    const value = parse(entry);
    const { expiresAt, isTaken } = (entry ?? {}) as {
      readonly expiresAt?: unknown;
      readonly isTaken?: unknown;
    };
    if (value === undefined || typeof expiresAt !== 'number') return undefined;
    return { ...value, expiresAt, ...(isTaken === true && { isTaken }) };
  };
}
