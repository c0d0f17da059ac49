/** A command as a row. */
import type { CallId, Command } from '@sidetone/core';

const UNSET = { failure: null, settledAt: null, idempotencyKey: null, fingerprint: null };

/** Returns the row of a command, which may have no call. */
export const commandRow = (command: Command, callId: CallId | null) => ({ ...UNSET, ...command, callId });
