/** The durable state of calls: writes with a bounded wait, and loading after a restart. */
import { isFault, messageOf, type Clock, type ProviderHost } from '@sidetone/core';
import { parseJson } from '@sidetone/plugin-kit';

/** How long to wait for a write, ms. The write itself continues after that. */
export const STATE_WRITE_TIMEOUT_MS = 250;
/** The same for a state that is shared: other instances need the entry to serve the next request of the call. */
export const SHARED_WRITE_TIMEOUT_MS = 3000;

/**
 * Waits for a write to finish, at most {@link STATE_WRITE_TIMEOUT_MS}: a slow disk must not delay the answer to a call.
 * Never rejects. A failed write is logged; the entry is then lost at the next restart.
 */
export async function boundedWrite(
  { clock, log, state }: Pick<ProviderHost, 'clock' | 'log' | 'state'>,
  write: Promise<void>,
): Promise<void> {
  const timeoutMs = state.isShared === true ? SHARED_WRITE_TIMEOUT_MS : STATE_WRITE_TIMEOUT_MS;
  await new Promise<void>((resolve) => {
    const cancel = clock.schedule(timeoutMs, resolve);
    write
      .catch((error: unknown) => {
        const code = isFault(error) ? error.code : messageOf(error);
        log.warn('writing the state of a call failed, a restart would lose it', { code });
      })
      .finally(() => {
        cancel();
        resolve();
      });
  });
}

/** Returns what must be added to the elapsed time to get epoch ms. */
const wallOffset = (clock: Clock): number => clock.now() - clock.elapsed();

/**
 * Encodes an entry. Its `expiresAt` is elapsed time in memory, so it does not change when the wall clock is set, and epoch ms in
 * the durable state, where it must mean the same after a restart.
 */
export function encodeEntry<Entry extends { readonly expiresAt: number }>(
  clock: Clock,
  entry: Entry,
): string {
  return JSON.stringify({ ...entry, expiresAt: Math.round(entry.expiresAt + wallOffset(clock)) });
}

/** Returns a stored entry, with elapsed time as `expiresAt`; undefined if `parse` rejects it or it has expired. */
export function decodeEntry<Entry extends { readonly expiresAt: number }>(
  clock: Clock,
  stored: string | undefined,
  parse: (value: unknown) => Entry | undefined,
): Entry | undefined {
  const entry = stored === undefined ? undefined : parse(parseJson(stored));
  const expiresAt = (entry?.expiresAt ?? 0) - wallOffset(clock);
  return entry && expiresAt > clock.elapsed() ? { ...entry, expiresAt } : undefined;
}

/**
 * Returns the stored entries whose keys start with `prefix`, by the rest of their key. Deletes those that `parse` rejects
 * and those that have expired. `expiresAt` of the others becomes elapsed time.
 */
export async function loadEntries<Entry extends { readonly expiresAt: number }>(
  { state, clock }: Pick<ProviderHost, 'state' | 'clock'>,
  prefix: string,
  parse: (value: unknown) => Entry | undefined,
): Promise<readonly (readonly [key: string, entry: Entry])[]> {
  const entries: [string, Entry][] = [];
  for (const [key, value] of await state.list(prefix)) {
    const entry = decodeEntry(clock, value, parse);
    if (entry) entries.push([key.slice(prefix.length), entry]);
    else await state.delete(key);
  }
  return entries;
}
