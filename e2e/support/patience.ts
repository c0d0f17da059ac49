/**
 * Time limit for what a test waits for, ms: output, a request, a download, a state of a page. A quiet machine needs a second or
 * two; tests share two cores, and other programs may run. Far below the limit of a test (`testTimeout`), so that a failure names
 * what was awaited.
 */
export const PATIENCE_MS = 60_000;
