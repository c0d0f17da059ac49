/**
 * The label of the work that the event loop does now. Coarse units of work set it when they begin, so that the loop monitor
 * can name the one that took too long. There is one event loop per process, so there is one label. Labels must not contain
 * secrets, transcripts, telephone numbers or names.
 */

/** Called when a unit of work begins. `plugin` is the one whose code it is. */
export type WorkListener = (label: string, plugin: string | undefined) => void;

let listener: WorkListener | undefined;

/** The label of work that has none. */
export const OTHER_WORK = 'other';

/**
 * Sets the label until the next unit begins or the turn of the event loop ends. Costs a reading of the clock.
 * @param plugin the id of the provider or transcriber whose code runs.
 */
export function beginWork(label: string, plugin?: string): void {
  listener?.(label, plugin);
}

/** Ends the work of a plugin: what follows in this turn is not its work. */
export function endWork(): void {
  listener?.(OTHER_WORK, undefined);
}

/** Calls a listener from now on, instead of an earlier one. Returns a function that ends that. */
export function listenToWork(newListener: WorkListener): () => void {
  listener = newListener;
  return () => {
    if (listener === newListener) listener = undefined;
  };
}
