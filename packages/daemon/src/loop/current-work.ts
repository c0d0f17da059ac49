/**
 * The label of the work that the event loop does now. Coarse units of work set it when they begin, so that the loop monitor
 * can name the one that took too long. There is one event loop per process, so there is one label. Labels must not contain
 * secrets, transcripts, telephone numbers or names.
 */

/** Called when a unit of work begins. */
export type WorkListener = (label: string) => void;

let listener: WorkListener | undefined;

/** Sets the label until the next unit begins or the turn of the event loop ends. Cheap, but not meant for single frames. */
export function beginWork(label: string): void {
  listener?.(label);
}

/** Calls a listener from now on, instead of an earlier one. Returns a function that ends that. */
export function listenToWork(newListener: WorkListener): () => void {
  listener = newListener;
  return () => {
    if (listener === newListener) listener = undefined;
  };
}
