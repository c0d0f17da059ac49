/**
 * How long things may take, ms of fake time. Those of the daemon, which gives up then whatever the plugin does; a plugin
 * that needs longer would lose what it was about to tell.
 */

/** A start. */
export const START_MS = 15_000;
/** A stop. */
export const STOP_MS = 5000;
/** A command, from being given to being settled. */
export const COMMAND_MS = 15_000;
/** An answer to a request of the provider. */
export const REQUEST_MS = 30_000;
/** Asking about calls that were live before: the provider may ask us to slow down. */
export const RECONCILE_MS = 10 * 60_000;
/** The last words of a call that is transcribed. */
export const TRANSCRIPTION_END_MS = 15_000;

/** How long an instance is waited for where something else is looked at: that it is slow is the matter of one audit. */
export const PATIENT_START_MS = 60_000;
/** How long something may take to notice that it was aborted. */
export const ABORT_MS = 1000;
