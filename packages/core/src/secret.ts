/** Secrets, and the characters that are in them by mistake, such as the line ending of a file with variables. */

/** Holds a secret value. Printing, logging or serialising it yields `[redacted]`. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** Returns the value, for sending or comparing it. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return '[redacted]';
  }

  toJSON(): string {
    return '[redacted]';
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '[redacted]';
  }
}

const SURROUNDED = /^\s|\s$/u;
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;

/**
 * Returns what is wrong with the text of a secret, as a message that does not contain it; undefined if it is valid. A secret
 * with a line ending can never equal the one that is sent. The daemon checks every `Secret` in the options of a plugin.
 */
export function findSecretError(text: string): string | undefined {
  if (text === '') return 'expected a non-empty string';
  if (SURROUNDED.test(text)) return 'expected no space or line ending before or after the secret';
  return INVISIBLE.test(text) ? 'expected no line endings or invisible characters in the secret' : undefined;
}

/** As {@link findSecretError}, for a secret that is sent in a header, which has only the printable characters of ASCII. */
export const findHeaderSecretError = (text: string): string | undefined =>
  findSecretError(text) ??
  (PRINTABLE_ASCII.test(text)
    ? undefined
    : 'expected printable ASCII characters, because the secret is sent in a header');
