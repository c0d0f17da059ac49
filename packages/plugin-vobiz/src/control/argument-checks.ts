/** Arguments that go on to Vobiz under its own names: each from a list, and each looked at before anything is asked. Pure. */
import { invalidArgument } from '@sidetone/core';

/** A value as it is sent. */
export type OptionValue = string | number | boolean;

interface Check {
  /** Completes "expected ...". */
  readonly expected: string;
  readonly read: (value: unknown) => OptionValue | undefined;
}

export type Checks = Readonly<Record<string, Check>>;

export const wholeNumber = (min: number, max: number): Check => ({
  expected: `a whole number from ${min} to ${max}`,
  read: (value) =>
    typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max ? value : undefined,
});

export const yesOrNo: Check = {
  expected: 'true or false',
  read: (value) => (typeof value === 'boolean' ? value : undefined),
};

export const text = (expected: string, pattern: RegExp): Check => ({
  expected,
  read: (value) => (typeof value === 'string' && pattern.test(value) ? value : undefined),
});

const WEB = new Set(['http:', 'https:']);

/** An address on the web, as it is written down; undefined when it is none. */
export function webAddress(value: unknown): string | undefined {
  if (typeof value !== 'string' || !URL.canParse(value)) return undefined;
  const url = new URL(value);
  return WEB.has(url.protocol) ? url.href : undefined;
}

export const address: Check = { expected: 'an http or https address', read: webAddress };

/** Either a word, or what another check takes. */
export const orWord = (word: OptionValue, other: Check): Check => ({
  expected: `${word}, or ${other.expected}`,
  read: (value) => (value === word ? word : other.read(value)),
});

/** @throws {FaultError} INPUT_INVALID, with the name of the option. */
export function checkedOptions(
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
