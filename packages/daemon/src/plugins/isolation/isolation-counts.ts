/** What is counted about the thread of a provider since the daemon started. */
export interface IsolationCounts {
  /** Number of threads that were started. */
  threads: number;
  /** Messages to the thread, and from it, that were dropped because too many waited. */
  droppedToThread: number;
  droppedToDaemon: number;
  /** How often a socket was not read because too much waited for the thread. */
  pauses: number;
}

export const createIsolationCounts = (): IsolationCounts => ({
  threads: 0,
  droppedToThread: 0,
  droppedToDaemon: 0,
  pauses: 0,
});
