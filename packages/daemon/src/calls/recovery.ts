/**
 * Loads the live calls, and ends what a crashed daemon left open: streams and listeners are stopped, and commands without an answer are UNKNOWN. Whether
 * its calls are still live is for their providers to report.
 */
import type { Clock, Logger } from '@sidetone/core';
import type { CallRegistry } from './call-registry.ts';
import type { Ingest } from './ingest.ts';
import type { CallLedger, CommandTracker } from './ports.ts';

const NO_COUNTERS = { frames: 0, bytes: 0, missingFrames: 0 } as const;

export interface RecoveryDeps {
  readonly ledger: Pick<CallLedger, 'live' | 'unfinished' | 'putCommand'>;
  readonly registry: Pick<CallRegistry, 'putAll'>;
  readonly ingest: Ingest;
  readonly openCommands: Pick<CommandTracker, 'interrupted'>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Must run before any provider is started. */
export async function recover({
  ledger,
  registry,
  ingest,
  openCommands,
  clock,
  log,
}: RecoveryDeps): Promise<void> {
  registry.putAll(await ledger.live());
  const { streams, commands, listenings } = await ledger.unfinished();
  for (const { callId, streamId } of streams) {
    const reason = 'the daemon stopped unexpectedly';
    ingest.record(callId, { type: 'STREAM_STOPPED', streamId, reason, counters: NO_COUNTERS });
  }
  for (const { callId, command } of commands) {
    const unknown = openCommands.interrupted(command, clock.now());
    if (callId === undefined) await ledger.putCommand(unknown);
    else ingest.recordBy(unknown.requestedBy, callId, { type: 'COMMAND_CHANGED', command: unknown });
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
