/** A mutation as a command: its name, its arguments and options, and its document. Pure. */
import { FaultError } from '@sidetone/core';

export interface ControlOption {
  readonly name: string;
  readonly description: string;
  /** The name of the GraphQL type. */
  readonly type: string;
  /** The type with its list and whether it can be null, such as `[String!]`. */
  readonly declared: string;
  readonly isRequired: boolean;
  readonly isList: boolean;
  readonly initial?: string | boolean;
  readonly choices?: readonly string[];
}

export interface ControlMutation {
  readonly name: string;
  readonly description: string;
  /** The type of the argument `input`; null if the options are the arguments of the mutation. */
  readonly inputType: string | null;
  /** What is selected of the result; empty for a scalar. */
  readonly selection: string;
  readonly options: readonly ControlOption[];
}

/** `sendDtmf` is the command `send-dtmf`. */
export const kebab = (name: string): string =>
  name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

export function documentOf({ name, inputType, selection, options }: ControlMutation): string {
  if (inputType !== null) return `mutation ($input: ${inputType}!) { ${name}(input: $input) ${selection} }`;
  const declared = options.map((option) => `$${option.name}: ${option.declared}`);
  const passed = options.map((option) => `${option.name}: $${option.name}`);
  return `mutation (${declared.join(', ')}) { ${name}(${passed.join(', ')}) ${selection} }`;
}

/** Required values are arguments, in their order; the others are options. */
export const argumentsOf = ({ options }: ControlMutation): readonly ControlOption[] =>
  options.filter(({ isRequired }) => isRequired);

/** Returns the value of an argument or option. @throws {FaultError} INPUT_INVALID */
export function valueOf({ name, type, choices, isList }: ControlOption, value: unknown): unknown {
  if (isList) return value;
  if (typeof value !== 'string') return value;
  const invalid = (expected: string): FaultError =>
    new FaultError('INPUT_INVALID', `${kebab(name)}: expected ${expected}, received "${value}"`);
  if (choices) {
    const choice = choices.find((each) => each === value.toUpperCase().replaceAll('-', '_'));
    if (choice === undefined) throw invalid(`one of ${choices.join(', ').toLowerCase()}`);
    return choice;
  }
  if (type === 'Boolean') {
    if (value !== 'true' && value !== 'false') throw invalid('true or false');
    return value === 'true';
  }
  if (type === 'Int' || type === 'Float') {
    if (value.trim() === '' || !Number.isFinite(Number(value))) throw invalid('a number');
    return Number(value);
  }
  if (type !== 'JSON') return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    throw invalid('JSON');
  }
}
