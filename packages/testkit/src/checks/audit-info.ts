/** What all audits have, of providers and of transcribers. */

/**
 * The level of a promise, after RFC 2119. A plugin that breaks a MUST harms the daemon or its clients. There can be good
 * reasons to break a SHOULD. A MAY is optional.
 */
export const LEVELS = ['MUST', 'SHOULD', 'MAY'] as const;
export type Level = (typeof LEVELS)[number];

/** The description of an audit. */
export interface AuditInfo {
  /** Four hexadecimal digits. An id never changes and is never reused for another promise. */
  readonly id: string;
  readonly level: Level;
  /** The promise, as a sentence. */
  readonly name: string;
}
