/** The durable state of calls: writes with a bounded wait, and loading after a restart. */
import { isFault, messageOf, type ProviderHost } from '@sidetone/core';
import { parseJson } from '@sidetone/plugin-kit';

/** How long to wait for a write, ms. The write itself continues after that. */
export const STATE_WRITE_TIMEOUT_MS = 250;

/**
 * Waits for a write to finish, at most {@link STATE_WRITE_TIMEOUT_MS}: a slow disk must not delay the answer to a call.
 * Never rejects. A failed write is logged; the entry is then lost at the next restart.
 */
export async function boundedWrite(
  { clock, log }: Pick<ProviderHost, 'clock' | 'log'>,
  write: Promise<void>,
): Promise<void> {
  await new Promise<void>((resolve) => {
    const cancel = clock.schedule(STATE_WRITE_TIMEOUT_MS, resolve);
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

/**
 * Returns the stored entries whose keys start with `prefix`, by the rest of their key. Deletes those that `parse` rejects
 * and those that have expired.
 */
export async function loadEntries<Entry extends { readonly expiresAt: number }>(
  { state, clock }: Pick<ProviderHost, 'state' | 'clock'>,
  prefix: string,
  parse: (value: unknown) => Entry | undefined,
): Promise<readonly (readonly [key: string, entry: Entry])[]> {
  const entries: [string, Entry][] = [];
  for (const [key, value] of await state.list(prefix)) {
    const entry = parse(parseJson(value));
    if (entry && entry.expiresAt > clock.now()) entries.push([key.slice(prefix.length), entry]);
    else await state.delete(key);
  }
  return entries;
}
