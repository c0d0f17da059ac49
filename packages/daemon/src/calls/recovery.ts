/**
 * Loads the live calls, and ends what a crashed daemon left open: streams and listeners are stopped, and commands without an answer are UNKNOWN. Whether
 * its calls are still live is for their providers to report. In a cluster, `takeover/` does the same for each call that is claimed.
 */
import type { Clock, Logger } from '@sidetone/core';
import type { CallRegistry } from './call-registry.ts';
import type { Ingest } from './ingest.ts';
import type { CallLedger, CommandTracker, Unfinished } from './ports.ts';

const NO_COUNTERS = { frames: 0, bytes: 0, missingFrames: 0 } as const;

export interface EndDeps {
  readonly ingest: Pick<Ingest, 'record' | 'recordBy'>;
  readonly openCommands: Pick<CommandTracker, 'interrupted' | 'restore'>;
  readonly clock: Pick<Clock, 'now'>;
}

export interface RecoveryDeps extends EndDeps {
  readonly ledger: Pick<CallLedger, 'live' | 'unfinished' | 'putCommand'>;
  readonly registry: Pick<CallRegistry, 'putAll'>;
  readonly ingest: Ingest;
  readonly log: Logger;
}

/** Must run before any provider is started. */
export async function recover(deps: RecoveryDeps): Promise<void> {
  const { ledger, registry, ingest, openCommands, clock, log } = deps;
  registry.putAll(await ledger.live());
  const left = await ledger.unfinished();
  const { streams, commands, listenings } = left;
  endUnfinished(left, deps);
  for (const { callId, command } of commands)
    if (callId === undefined) await ledger.putCommand(openCommands.interrupted(command, clock.now()));
  if (streams.length + commands.length + listenings.length === 0) return;
  log.warn('recovered after a crash', {
    streams: streams.length,
    commands: commands.length,
    listeners: listenings.length,
  });
  await ingest.committed();
}

/** Ends what a daemon that does not run any longer had open in calls. */
export function endUnfinished(
  { streams, commands, listenings }: Unfinished,
  { ingest, openCommands, clock }: EndDeps,
): void {
  for (const { callId, streamId } of streams) {
    const reason = 'the daemon stopped unexpectedly';
    ingest.record(callId, { type: 'STREAM_STOPPED', streamId, reason, counters: NO_COUNTERS });
  }
  for (const { callId, command } of commands) {
    if (callId === undefined) continue;
    const unknown = openCommands.interrupted(command, clock.now());
    ingest.recordBy(unknown.requestedBy, callId, { type: 'COMMAND_CHANGED', command: unknown });
    openCommands.restore(callId, [unknown]);
  }
  for (const { callId, id, by, startedAt } of listenings)
    ingest.recordBy(by, callId, { type: 'LISTENING_STOPPED', listenerId: id, since: startedAt });
}
