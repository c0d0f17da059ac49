/** Normalises the telephone numbers in `providerOptions`, which the daemon does not know. Pure. */
import { invalidArgument } from '@sidetone/core';
import { dialledNumber, isJsonObject, type Country, type JsonObject } from '@sidetone/plugin-kit';
import { checkE164 } from './check-e164.ts';

/** Objects whose `number` is dialled or calls. A destination in an assistant is known by its type instead. */
const PARTIES = new Set(['customer', 'phoneNumber']);
/** Fields that are telephone numbers in every object. */
const NUMBERS = new Set(['forwardingPhoneNumber', 'twilioPhoneNumber']);
/** Fields that may be telephone numbers. */
const POSSIBLE_NUMBERS = new Set(['callerId', 'forwardedFrom']);
/** Data of the client, which Vapi does not interpret. */
const CLIENT_DATA = new Set(['metadata', 'variableValues']);

/** What Vapi accepts if `numberE164CheckEnabled` is false. */
const UNCHECKED = /^\+?[a-z0-9]+$/i;
/** Vapi fills in a variable, such as `{{customer.number}}`. */
const isTemplate = (text: string): boolean => text.includes('{{');

/**
 * Returns an argument with each telephone number in E.164. `isDestination` if it has the fields of a transfer's destination.
 * @throws {FaultError} INPUT_INVALID, with the path of the field, for a number that Vapi would reject.
 */
export function withNumbers(
  fields: JsonObject,
  country: Country | undefined,
  { argument = 'providerOptions', isDestination = false } = {},
): JsonObject {
  return normalise(fields, argument, isDestination, country);
}

/** The depth of options is limited by the daemon. */
function normalise(
  fields: JsonObject,
  path: string,
  isParty: boolean,
  country: Country | undefined,
): JsonObject {
  const hasNumber = isParty || fields['type'] === 'number';
  const isChecked = fields['numberE164CheckEnabled'] !== false;

  function read(name: string, value: unknown): unknown {
    const at = `${path}.${name}`;
    if (CLIENT_DATA.has(name)) return value;
    if (typeof value === 'string') {
      if (NUMBERS.has(name) || (hasNumber && name === 'number'))
        return numberAt(at, value, isChecked, country);
      return POSSIBLE_NUMBERS.has(name) ? (dialledNumber(value, country)?.number ?? value) : value;
    }
    if (Array.isArray(value)) {
      return value.map((item: unknown, index) =>
        isJsonObject(item) ? normalise(item, `${at}.${index}`, false, country) : item,
      );
    }
    return isJsonObject(value) ? normalise(value, at, PARTIES.has(name), country) : value;
  }

  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, read(name, value)]));
}

function numberAt(argument: string, text: string, isChecked: boolean, country: Country | undefined): string {
  if (isTemplate(text)) return text;
  const { number, extension } = dialledNumber(text, country) ?? {};
  if (extension !== undefined)
    throw invalidArgument(argument, 'expected a telephone number without an extension');
  if (!isChecked && (number !== undefined || UNCHECKED.test(text))) return number ?? text;
  checkE164(argument, number ?? '');
  return number!;
}
