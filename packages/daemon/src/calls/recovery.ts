/**
 * Loads the live calls, and ends what a crashed daemon left open: streams and listeners are stopped, and commands without an answer are UNKNOWN. Whether
 * its calls are still live is for their providers to report.
 */
import type { CallId, Clock, Logger } from '@sidetone/core';
import type { CallRegistry } from './call-registry.ts';
import type { Ingest } from './ingest.ts';
import type { CallLedger, CommandTracker } from './ports.ts';

const NO_COUNTERS = { frames: 0, bytes: 0, missingFrames: 0 } as const;

export interface RecoveryDeps {
  readonly ledger: Pick<CallLedger, 'live' | 'unfinished' | 'putCommand'>;
  readonly registry: Pick<CallRegistry, 'putAll'>;
  readonly ingest: Ingest;
  readonly openCommands: Pick<CommandTracker, 'interrupted' | 'restore'>;
  /** Claims a call, and returns whether this node decides about it. Missing if no other node can. */
  readonly claim?: ((callId: CallId) => Promise<boolean>) | undefined;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Must run before any provider is started. */
export async function recover({
  ledger,
  registry,
  ingest,
  openCommands,
  claim,
  clock,
  log,
}: RecoveryDeps): Promise<void> {
  registry.putAll(await ownedOf(await ledger.live(), ({ id }) => id, claim));
  const left = await ledger.unfinished();
  const streams = await ownedOf(left.streams, ({ callId }) => callId, claim);
  const listenings = await ownedOf(left.listenings, ({ callId }) => callId, claim);
  const commands = await ownedOf(left.commands, ({ callId }) => callId, claim);
  for (const { callId, streamId } of streams) {
    const reason = 'the daemon stopped unexpectedly';
    ingest.record(callId, { type: 'STREAM_STOPPED', streamId, reason, counters: NO_COUNTERS });
  }
  for (const { callId, command } of commands) {
    const unknown = openCommands.interrupted(command, clock.now());
    if (callId === undefined) await ledger.putCommand(unknown);
    else {
      ingest.recordBy(unknown.requestedBy, callId, { type: 'COMMAND_CHANGED', command: unknown });
      openCommands.restore(callId, [unknown]);
    }
  }
  for (const { callId, id, by, startedAt } of listenings) {
    ingest.recordBy(by, callId, { type: 'LISTENING_STOPPED', listenerId: id, since: startedAt });
  }
  if (streams.length + commands.length + listenings.length === 0) return;
  log.warn('recovered after a crash', {
    streams: streams.length,
    commands: commands.length,
    listeners: listenings.length,
  });
  await ingest.committed();
}

/** Returns the items of calls that this node decides about. Those without a call may be at work in another node. */
async function ownedOf<Item>(
  items: readonly Item[],
  callOf: (item: Item) => CallId | undefined,
  claim: RecoveryDeps['claim'],
): Promise<readonly Item[]> {
  if (!claim) return items;
  const owned: Item[] = [];
  for (const item of items) {
    const callId = callOf(item);
    if (callId !== undefined && (await claim(callId))) owned.push(item);
  }
  return owned;
}
