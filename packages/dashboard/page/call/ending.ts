/** Whether a call is being ended: a provider accepts the command seconds before it reports the end. Pure. */
import { isCommand, type TimelineEntry } from './call-timeline.ts';

/** A call that still runs after this time does not end because of the command, ms. */
export const ENDING_MS = 30_000;

/** Returns when the latest command to end the call was accepted, epoch ms; undefined if none is open. */
export function endingSince(entries: readonly TimelineEntry[]): number | undefined {
  const command = entries.findLast((entry) => isCommand(entry) && entry.kind === 'END_CALL');
  if (!command || !isCommand(command) || command.status !== 'ACCEPTED') return undefined;
  const accepted = command.steps.find(({ status }) => status === 'ACCEPTED');
  return accepted && Date.parse(accepted.at);
}
