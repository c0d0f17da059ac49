/** The live data that crosses nodes: what is neither stored nor needed twice. */

export const RELAY_KINDS = ['partials', 'levels', 'audio'] as const;
export type RelayKind = (typeof RELAY_KINDS)[number];

export const isRelayKind = (text: string): text is RelayKind =>
  (RELAY_KINDS as readonly string[]).includes(text);

/** In subjects, in place of the id of a call. No id begins with it. */
export const EVERY_CALL = '-';

/** How often a node repeats its demand, ms. */
export const DEMAND_RENEWAL_MS = 2000;
/** How long demand lasts without a repetition, ms: that of a node that has gone. */
export const DEMAND_MS = 3 * DEMAND_RENEWAL_MS;
/** Most demands of other nodes: one for each node, kind and call. */
export const MAX_DEMANDS = 20_000;
