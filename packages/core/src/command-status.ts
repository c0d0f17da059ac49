/** The allowed transitions between statuses of a command. */
import type { CommandStatus } from './vocabulary.ts';

/** The statuses that may follow each status. An event can confirm a command before its provider has answered. */
export const NEXT_COMMAND_STATUSES = {
  REQUESTED: ['ACCEPTED', 'REFUSED', 'UNKNOWN', 'CONFIRMED'],
  ACCEPTED: ['CONFIRMED'],
  UNKNOWN: ['CONFIRMED'],
  REFUSED: [],
  CONFIRMED: [],
} as const satisfies Record<CommandStatus, readonly CommandStatus[]>;
