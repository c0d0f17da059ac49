/** Checks of mutation input beyond its GraphQL type. Also used by the REST control endpoint. */
import { FaultError, isFault } from '@sidetone/core';
import { MAX_JSON_DEPTH } from '@sidetone/plugin-kit';

/** Longest text to say or to add at once, characters. */
const MAX_TEXT_CHARACTERS = 10_000;
const MAX_DIGITS = 64;
/** Longest key or id given by a client, characters. */
const MAX_KEY_CHARACTERS = 200;

/** Returns the error of an argument of `input`. */
export const invalidInput = (argument: string, message: string): FaultError =>
  new FaultError('INPUT_INVALID', message, { details: { argument: `input.${argument}` } });

/** @throws {FaultError} INPUT_INVALID if the text is blank or too long. */
export function checkText(argument: string, text: string): void {
  if (text.trim() === '') throw invalidInput(argument, `${argument}: expected a non-blank string`);
  if (text.length > MAX_TEXT_CHARACTERS) {
    throw invalidInput(argument, `${argument}: expected at most ${MAX_TEXT_CHARACTERS} characters`);
  }
}

/** @throws {FaultError} INPUT_INVALID if the key is empty, too long or not printable. */
export function checkKey(argument: string, key: string): void {
  const isPrintable = key !== '' && !/[\p{C}\p{Zl}\p{Zp}]/u.test(key);
  if (isPrintable && key.length <= MAX_KEY_CHARACTERS) return;
  throw invalidInput(argument, `${argument}: expected 1 to ${MAX_KEY_CHARACTERS} printable characters`);
}

/** Runs `work` and prefixes the name of an invalid argument with `input.`, as the client wrote it. */
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

/** @throws {FaultError} INPUT_INVALID unless exactly one of the named fields is set. */
export function checkOneOf(input: Readonly<Record<string, unknown>>, names: readonly string[]): void {
  const given = names.filter((name) => input[name] !== undefined && input[name] !== null);
  if (given.length === 1) return;
  const argument = given[1] ?? names[0]!;
  throw invalidInput(argument, `expected exactly one of ${names.join(', ')}, received ${given.length}`);
}

/** @throws {FaultError} INPUT_INVALID unless all characters are DTMF digits or the pauses `w` and `W`. */
export function checkDigits(argument: string, digits: string): void {
  if (/^[0-9*#A-DwW]+$/.test(digits) && digits.length <= MAX_DIGITS) return;
  throw invalidInput(
    argument,
    `${argument}: expected 1 to ${MAX_DIGITS} of 0-9 * # A-D, with w or W for a pause`,
  );
}

/** @throws {FaultError} INPUT_INVALID unless it is a URL with one of the protocols. */
export function checkUrl(argument: string, text: string, protocols: readonly string[]): void {
  const isValid = URL.canParse(text) && protocols.includes(new URL(text).protocol.slice(0, -1));
  if (isValid) return;
  throw invalidInput(
    argument,
    `${argument}: expected a URL that begins with ${protocols.join(':// or ')}://`,
  );
}

/** @throws {FaultError} INPUT_INVALID unless the value is a JSON object that is not nested too deep to be stored and sent. */
export function checkObject(argument: string, value: unknown): Readonly<Record<string, unknown>> {
  if (!isObject(value) || Array.isArray(value)) {
    throw invalidInput(argument, `${argument}: expected a JSON object`);
  }
  if (isTooDeep(value)) {
    throw invalidInput(argument, `${argument}: expected at most ${MAX_JSON_DEPTH} levels`);
  }
  return value;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** Returns whether a value has more than `MAX_JSON_DEPTH` levels. Works level by level, because recursion would overflow. */
function isTooDeep(value: object): boolean {
  let level: readonly object[] = [value];
  for (let depth = 1; depth <= MAX_JSON_DEPTH; depth++) {
    level = level.flatMap((item) => Object.values(item).filter(isObject));
    if (level.length === 0) return false;
  }
  return true;
}
