/** Keeps the demo from filling the disk: when its recordings take more than they may, its oldest calls are erased. */
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isFault, type CallId } from '@sidetone/core';

/** The most that the demo's recordings may take, bytes: four hours of one call, or an hour of four at once. */
export const MAX_RECORDED_BYTES = 1_000_000_000;
/** How often that is looked at, ms: two calls of each provider write 15 MB meanwhile. */
export const ROOM_EVERY_MS = 60_000;

export interface RoomDeps {
  /** The folder of the recordings, each named by its call's id. */
  readonly folder: string;
  readonly maxBytes: number;
  /** Erases a call with its recording; false when there is no such call. */
  readonly erase: (callId: CallId) => Promise<boolean>;
}

/** Erases the oldest calls until the rest fits. Live calls stay. */
export async function makeRoom({ folder, maxBytes, erase }: RoomDeps): Promise<void> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.wav'));
  const files = await Promise.all(
    // Ids tell their time: the order of names is that of age.
    names.toSorted().map(async (name) => ({ name, bytes: (await stat(join(folder, name))).size })),
  );
  let total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  for (const { name, bytes } of files) {
    if (total <= maxBytes) return;
    const isGone = await erase(name.slice(0, -'.wav'.length) as CallId).catch(stillLive);
    if (isGone === 'live') continue;
    // Of a database that is no longer here.
    if (!isGone) await rm(join(folder, name), { force: true });
    total -= bytes;
  }
}

function stillLive(error: unknown): 'live' {
  if (isFault(error) && error.code === 'CALL_STILL_LIVE') return 'live';
  throw error;
}
