/** Limits the disk space of the demo: erases its oldest calls if their recordings exceed a total size. */
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isFault, messageOf, type CallId, type Logger } from '@sidetone/core';

/** The maximum total size of the demo's recordings, bytes: four hours of one call, or one hour of four calls. */
const MAX_RECORDED_BYTES = 1_000_000_000;
/** How often the size is checked, ms. Two calls of each provider write 15 MB in this time. */
const CHECK_INTERVAL_MS = 60_000;

interface RetentionDeps {
  /** The folder of the recordings. The name of each is the id of its call. */
  readonly folder: string;
  readonly maxBytes: number;
  /** Erases a call and its recording. Returns false if the call does not exist. */
  readonly erase: (callId: CallId) => Promise<boolean>;
}

/** Checks the size periodically. `stop` ends this and waits for a check that is running. */
export function startRetention(
  deps: Pick<RetentionDeps, 'folder' | 'erase'>,
  log: Logger,
): { stop(): Promise<void> } {
  let running = Promise.resolve();
  const check = (): Promise<void> =>
    eraseOldestCalls({ ...deps, maxBytes: MAX_RECORDED_BYTES }).catch((error: unknown) =>
      log.warn('erasing old calls of the demo failed', { reason: messageOf(error) }),
    );
  const timer = setInterval(() => void (running = running.then(check)), CHECK_INTERVAL_MS);
  return {
    stop() {
      clearInterval(timer);
      return running;
    },
  };
}

/** Erases the oldest calls until the recordings have at most `maxBytes`. Live calls are kept. */
export async function eraseOldestCalls({ folder, maxBytes, erase }: RetentionDeps): Promise<void> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.wav'));
  const files = await Promise.all(
    // Ids start with a timestamp, so the names are sorted by age.
    names.toSorted().map(async (name) => ({ name, bytes: (await stat(join(folder, name))).size })),
  );
  let total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  for (const { name, bytes } of files) {
    if (total <= maxBytes) return;
    const isErased = await erase(name.slice(0, -'.wav'.length) as CallId).catch(liveOrThrow);
    if (isErased === 'live') continue;
    // The recording belongs to a database that was deleted.
    if (!isErased) await rm(join(folder, name), { force: true });
    total -= bytes;
  }
}

function liveOrThrow(error: unknown): 'live' {
  if (isFault(error) && error.code === 'CALL_STILL_LIVE') return 'live';
  throw error;
}
