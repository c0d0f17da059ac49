/** A short hash of a text, for sets of many texts. */
import { hash } from 'node:crypto';

const BYTES = 6;

/** Returns a number of 48 bits. Of 4000 texts, two have the same one by chance in one of 10^7 sets. */
export const hashOf = (text: string): number => hash('sha256', text, 'buffer').readUIntBE(0, BYTES);
