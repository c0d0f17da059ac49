/**
 * Deadlines, in ms of fake time. Those of the daemon come first: after them it ignores the result, so a slower plugin would
 * lose it.
 */

export const START_MS = 15_000;
export const STOP_MS = 5000;
/** For a command to settle. */
export const COMMAND_MS = 15_000;
/** For the response to a request of the provider. */
export const REQUEST_MS = 30_000;
/** For `diagnostics`. */
export const DIAGNOSTICS_MS = 15_000;
/** For `reconcile`, which may have to wait for rate limits. */
export const RECONCILE_MS = 10 * 60_000;
/** For the last results of a transcription. */
export const TRANSCRIPTION_END_MS = 15_000;

/** For a start in audits of something else. Only one audit is about slow starts. */
export const LENIENT_START_MS = 60_000;
/** For a task to settle after it was aborted. */
export const ABORT_MS = 1000;
