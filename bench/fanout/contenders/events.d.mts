/** See events.mjs. */
export function eventOf(number: number): {
  readonly utterance: { readonly party: 'CUSTOMER'; readonly text: string };
};
export function serveParent(publish: (number: number) => void): void;
