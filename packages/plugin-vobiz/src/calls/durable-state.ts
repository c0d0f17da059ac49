/** Writing down what already holds in memory, where somebody waits for an answer: a slow disk must not cost a call. */
import { isFault, messageOf, type ProviderHost } from '@sidetone/core';

/** How long a write is waited for, ms. After that it goes on by itself. */
export const STATE_PATIENCE_MS = 250;

/** Settles when `write` is done, has failed, or takes too long. Never rejects: what was not written is lost by a restart only. */
export async function keptSoon(
  { clock, log }: Pick<ProviderHost, 'clock' | 'log'>,
  write: Promise<void>,
): Promise<void> {
  await new Promise<void>((resolve) => {
    const cancel = clock.schedule(STATE_PATIENCE_MS, resolve);
    write
      .catch((error: unknown) => {
        const code = isFault(error) ? error.code : messageOf(error);
        log.warn('what a call needs could not be written down: a restart would lose it', { code });
      })
      .finally(() => {
        cancel();
        resolve();
      });
  });
}
