/** Checks of arguments before anything is requested, and of options that are passed on under Vobiz's own names. Pure. */
import { invalidArgument } from '@sidetone/core';
import { MAX_SPEAK_CHARACTERS } from '../config.ts';

/** A value as it is sent to Vobiz. */
type OptionValue = string | number | boolean;

interface Check {
  /** Completes "expected ...". */
  readonly expected: string;
  /** Returns the value to send, or undefined if it is invalid. */
  readonly read: (value: unknown) => OptionValue | undefined;
}

/** The options that are allowed, by name. */
export type Checks = Readonly<Record<string, Check>>;

/** Accepts an integer in a range, both ends included. */
export const integer = (min: number, max: number): Check => ({
  expected: `an integer from ${min} to ${max}`,
  read: (value) =>
    typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max ? value : undefined,
});

export const boolean: Check = {
  expected: 'true or false',
  read: (value) => (typeof value === 'boolean' ? value : undefined),
};

/** Accepts a text that matches a pattern, which `expected` describes. */
export const text = (expected: string, pattern: RegExp): Check => ({
  expected,
  read: (value) => (typeof value === 'string' && pattern.test(value) ? value : undefined),
});

const WEB_PROTOCOLS = new Set(['http:', 'https:']);

/** Returns a normalised http or https URL, or undefined if `value` is not one. */
export function parseWebUrl(value: unknown): string | undefined {
  if (typeof value !== 'string' || !URL.canParse(value)) return undefined;
  const url = new URL(value);
  return WEB_PROTOCOLS.has(url.protocol) ? url.href : undefined;
}

export const webUrl: Check = { expected: 'an http or https URL', read: parseWebUrl };

/** Accepts one literal value, or what `other` accepts. */
export const literalOr = (literal: OptionValue, other: Check): Check => ({
  expected: `${literal}, or ${other.expected}`,
  read: (value) => (value === literal ? literal : other.read(value)),
});

/**
 * Returns the options as they are sent to Vobiz.
 * @throws {FaultError} INPUT_INVALID for an unknown option or an invalid value, with the name of the option.
 */
export function checkOptions(
  options: Readonly<Record<string, unknown>> | undefined,
  checks: Checks,
): Readonly<Record<string, OptionValue>> {
  const entries = Object.entries(options ?? {}).map(([name, value]): [string, OptionValue] => {
    const argument = `providerOptions.${name}`;
    const check = Object.hasOwn(checks, name) ? checks[name] : undefined;
    if (!check) throw invalidArgument(argument, `expected one of ${Object.keys(checks).join(', ')}`);
    const read = check.read(value);
    if (read === undefined) throw invalidArgument(argument, `expected ${check.expected}`);
    return [name, read];
  });
  return Object.fromEntries(entries);
}

/**
 * Returns a text that Vobiz can speak.
 * @throws {FaultError} INPUT_INVALID for a blank or too long text.
 */
export function checkSpokenText(content: string): string {
  if (content.trim() === '') throw invalidArgument('content', 'expected a text, received a blank one');
  if (content.length > MAX_SPEAK_CHARACTERS) {
    throw invalidArgument(
      'content',
      `expected at most ${MAX_SPEAK_CHARACTERS} characters for Vobiz, received ${content.length}`,
    );
  }
  return content;
}
