/** What a mutation's input must be beyond its type. A mistake is a fault that names the argument. */
import { FaultError, isFault } from '@sidetone/core';

/** Longest text that can be said or added at once, characters. */
const MAX_TEXT_CHARACTERS = 10_000;
const MAX_DIGITS = 64;
/** Longest key or id that a client may give, characters. */
const MAX_KEY_CHARACTERS = 200;

export const mistake = (argument: string, message: string): FaultError =>
  new FaultError('INPUT_INVALID', message, { details: { argument: `input.${argument}` } });

/** @throws {FaultError} INPUT_INVALID when there is nothing in it, or too much. */
export function checkText(argument: string, text: string): void {
  if (text.trim() === '') throw mistake(argument, `\`${argument}\` is empty`);
  if (text.length > MAX_TEXT_CHARACTERS) {
    throw mistake(argument, `\`${argument}\` has at most ${MAX_TEXT_CHARACTERS} characters`);
  }
}

/** @throws {FaultError} INPUT_INVALID unless it can be read and copied: printable, and not too long. */
export function checkKey(argument: string, key: string): void {
  const isPrintable = key !== '' && !/[\p{C}\p{Zl}\p{Zp}]/u.test(key);
  if (isPrintable && key.length <= MAX_KEY_CHARACTERS) return;
  throw mistake(argument, `\`${argument}\` is 1 to ${MAX_KEY_CHARACTERS} printable characters`);
}

/** Does what an `input` asks for. What is found wrong with it deeper down is named as the client wrote it. */
export async function ofInput<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!isFault(error) || error.code !== 'INPUT_INVALID') throw error;
    const { argument } = error.details;
    if (typeof argument !== 'string' || argument.startsWith('input.')) throw error;
    throw new FaultError('INPUT_INVALID', error.message, {
      cause: error,
      details: { ...error.details, argument: `input.${argument}` },
    });
  }
}

/** @throws {FaultError} INPUT_INVALID unless exactly one of the named fields is given. */
export function checkOneOf(input: Readonly<Record<string, unknown>>, names: readonly string[]): void {
  const given = names.filter((name) => input[name] !== undefined && input[name] !== null);
  if (given.length === 1) return;
  const all = names.map((name) => `\`${name}\``).join(', ');
  throw mistake(given[1] ?? names[0]!, `give exactly one of ${all}; found ${given.length}`);
}

/** @throws {FaultError} INPUT_INVALID unless it is keys of a telephone, or the pauses `w` and `W`. */
export function checkDigits(argument: string, digits: string): void {
  if (/^[0-9*#A-DwW]+$/.test(digits) && digits.length <= MAX_DIGITS) return;
  throw mistake(argument, `\`${argument}\` is 1 to ${MAX_DIGITS} of 0-9 * # A-D, and w or W for a pause`);
}

/** @throws {FaultError} INPUT_INVALID unless the address has one of the protocols. */
export function checkUrl(argument: string, text: string, protocols: readonly string[]): void {
  const isGood = URL.canParse(text) && protocols.includes(new URL(text).protocol.slice(0, -1));
  if (!isGood)
    throw mistake(argument, `\`${argument}\` is an address that begins with ${protocols.join(':// or ')}://`);
}

/** @throws {FaultError} INPUT_INVALID unless it is a JSON object. */
export function checkObject(argument: string, value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Readonly<Record<string, unknown>>;
  }
  throw mistake(argument, `\`${argument}\` is a JSON object`);
}
