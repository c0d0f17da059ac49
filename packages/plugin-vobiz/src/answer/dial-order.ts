/** A party to dial, as it is kept until Vobiz requests the XML for it. */
import { z } from 'zod';

/** The stored form of a {@link DialOrder}. */
export const dialOrderSchema = z.object({
  to: z.string().min(1),
  callerId: z.string().optional(),
  sendDigits: z.string().optional(),
  content: z.string().optional(),
  attributes: z.record(z.string(), z.string()),
});

export interface DialOrder {
  /** A number, or `sip:user@host`. */
  readonly to: string;
  readonly callerId?: string;
  /** Digits sent once the number answers. */
  readonly sendDigits?: string;
  /** Spoken to the caller first. */
  readonly content?: string;
  /** Further attributes of the `Dial` element. */
  readonly attributes: Readonly<Record<string, string>>;
}
