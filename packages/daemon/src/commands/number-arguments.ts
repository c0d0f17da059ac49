/** Normalises the telephone numbers in the arguments of commands, before they are stored and sent. Pure. */
import {
  invalidArgument,
  type ControlArguments,
  type ControlName,
  type PlaceCallArguments,
} from '@sidetone/core';
import { dialledNumber, type Country, type DialledNumber } from '@sidetone/plugin-kit';

/** A SIP URI, or an address that only the provider knows, such as `client:ana`. */
const ADDRESS = /^(?!tel:|callto:)[a-z][a-z\d+.-]*:\S+$|^\S+@\S+$/i;

const INVISIBLE = /\p{Cf}/gu;
const INVISIBLE_ENDS = /^[\p{Cf}\s]+|[\p{Cf}\s]+$/gu;

function expectedNumber(country: Country | undefined): string {
  const national = country === undefined ? '' : `, or a national number (${country})`;
  return `expected a telephone number with + and its country code, such as +14155550100${national}`;
}

function toNumber(argument: string, text: string, country: Country | undefined): DialledNumber {
  const number = dialledNumber(text, country);
  if (number === undefined) throw invalidArgument(argument, expectedNumber(country));
  return number;
}

type Normalisers = {
  readonly [Name in ControlName]?: (
    args: ControlArguments[Name],
    country: Country | undefined,
  ) => ControlArguments[Name];
};

/** The controls whose arguments contain numbers. */
const NORMALISERS: Normalisers = {
  transfer({ number: text, sipUri, extension: keys, callerId, ...args }, country) {
    const { number, extension } = text === undefined ? {} : toNumber('number', text, country);
    return {
      ...args,
      ...(number !== undefined && { number }),
      ...(sipUri !== undefined && { sipUri: visible(sipUri) }),
      ...(extension !== undefined && { extension }),
      ...(keys !== undefined && { extension: visible(keys) }),
      ...(callerId !== undefined && { callerId: withNumber(callerId, country) }),
    };
  },
};

/** A caller id may be a name, whose script may need invisible characters within it. */
const withNumber = (text: string, country: Country | undefined): string =>
  dialledNumber(text, country)?.number ?? text.replaceAll(INVISIBLE_ENDS, '');

/** Returns an address without the invisible characters that are copied with it, such as marks of the text direction. */
const visible = (address: string): string => address.replaceAll(INVISIBLE, '').trim();

/** @throws {FaultError} INPUT_INVALID with the name of the argument, if it is not a telephone number. */
export function normaliseControl<Name extends ControlName>(
  name: Name,
  args: ControlArguments[Name],
  country: Country | undefined,
): ControlArguments[Name] {
  return NORMALISERS[name]?.(args, country) ?? args;
}

/**
 * `from` may be an id of the provider, and `to` empty for a call without a telephone.
 * @throws {FaultError} INPUT_INVALID if `to` is neither a telephone number nor an address.
 */
export function normalisePlacing(args: PlaceCallArguments, country: Country | undefined): PlaceCallArguments {
  const { to, from } = args;
  return {
    ...args,
    to: isAddress(to) ? visible(to) : dialled(to, country),
    ...(from !== undefined && { from: withNumber(from, country) }),
  };
}

const isAddress = (to: string): boolean => to.trim() === '' || ADDRESS.test(visible(to));

function dialled(to: string, country: Country | undefined): string {
  const { number, extension } = toNumber('to', to, country);
  if (extension !== undefined)
    throw invalidArgument('to', 'expected a telephone number without an extension');
  return number;
}
