/** Returns a signal that is never aborted. Listeners that a plugin leaves on it are not those of other calls. */
export const notAborted = (): AbortSignal => new AbortController().signal;
