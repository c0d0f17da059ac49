/** An audit: one promise of the contract, and how to see whether a provider keeps it. */
import type { Bench } from '../bench.ts';
import type { Shape } from '../shape.ts';

/**
 * How much a promise binds (RFC 2119): without a MUST a plugin harms the daemon or its clients, a SHOULD is a promise
 * that there can be a good reason to break, a MAY is a courtesy.
 */
export const LEVELS = ['MUST', 'SHOULD', 'MAY'] as const;
/** One of them. */
export type Level = (typeof LEVELS)[number];

/** One promise, and how to see it. Data: runners, cards and documents are made of the same list. */
export interface Audit {
  /** Four characters that never change, and are never used again for another promise. */
  readonly id: string;
  readonly level: Level;
  /** The promise, as a sentence. */
  readonly name: string;
  /** Whether a provider of this shape makes the promise at all. */
  readonly applies: (shape: Shape) => boolean;
  /**
   * Looks whether it is kept, on instances of its own.
   * @throws {AuditFailure} when it is not; {@link NotShown} when the scenario leaves out what is needed to see it.
   */
  readonly run: (bench: Bench) => Promise<void>;
}

/** The promise of every provider. */
export const ALWAYS = (): boolean => true;
