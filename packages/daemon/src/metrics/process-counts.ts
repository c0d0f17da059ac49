/** What the process counts outside of the daemon. */
export interface ProcessCounts {
  /** Returns the number of log lines dropped since the start. */
  readonly droppedLogLines: () => number;
  /** Returns the number of uncaught errors that were not logged. */
  readonly suppressedErrors: () => number;
}
