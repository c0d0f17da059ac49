/** See events.mjs. */
export const CALLS: number;
export const LEVELS_INTERVAL_MS: number;
export function eventOf(number: number): {
  readonly utterance: { readonly party: 'CUSTOMER'; readonly text: string };
};
export function serveParent(
  publish: (number: number) => void,
  play: (seconds: number, done: () => void) => void,
): void;
