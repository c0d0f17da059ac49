/** The fields of a form as a table: their kinds, their values and why a value is not valid. Pure. */

import { dialError } from './dial.ts';

/** The values of a form by field name. */
export type Values = Readonly<Record<string, string | boolean>>;

export interface Field {
  readonly name: string;
  readonly label: string;
  /** `tel`: a telephone number. `json`: an object. */
  readonly kind: 'text' | 'long' | 'tel' | 'number' | 'json' | 'check' | 'choice';
  readonly isRequired?: boolean;
  readonly placeholder?: string;
  /** A sentence below the field. */
  readonly hint?: string;
  /** Returns why a value is not valid, or undefined if it is. Not called for an empty value. */
  readonly validate?: (value: string) => string | undefined;
  readonly choices?: readonly (readonly [value: string, label: string])[];
  /** Whether a check box is checked at first. */
  readonly isChecked?: boolean;
  /** Whether the field is among the options that are seldom needed. */
  readonly isExtra?: boolean;
}

/** Returns the value of a text field without the blanks around it. */
export const textOf = (values: Values, name: string): string => String(values[name] ?? '').trim();

/** Returns an object with the text of a field under its name; without it if the field is empty. */
export const textIn = (values: Values, name: string): Record<string, string> =>
  textOf(values, name) === '' ? {} : { [name]: textOf(values, name) };

/** As {@link textIn}, with the parsed value of a JSON field. */
export const jsonIn = (values: Values, name: string): Record<string, unknown> =>
  textOf(values, name) === '' ? {} : { [name]: JSON.parse(textOf(values, name)) as unknown };

/** Returns why a text is not a JSON object, or undefined if it is. */
export function objectError(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return undefined;
  } catch {
    // Reported below, as any other text that is not an object.
  }
  return 'Enter a JSON object, such as {"name": "value"}.';
}

/** Returns why a text is not a URL with one of these schemes, or undefined if it is. */
export function urlError(text: string, schemes: readonly string[]): string | undefined {
  const isValid = URL.canParse(text) && schemes.includes(new URL(text).protocol.replace(':', ''));
  return isValid
    ? undefined
    : `Enter a URL that starts with ${schemes.map((each) => `${each}://`).join(' or ')}.`;
}

/** Returns why a value of a field is not valid, or an empty text if it is. */
export function fieldError({ kind, validate = KIND_CHECKS[kind] }: Field, value: string): string {
  return value === '' ? '' : (validate?.(value) ?? '');
}

/** The check of fields that have none of their own. */
const KIND_CHECKS: Partial<Record<Field['kind'], (value: string) => string | undefined>> = {
  tel: dialError,
  json: objectError,
};
