/** `sidetone control`: sends a control mutation to the running daemon, and prints the outcome. */
import { FaultError, FAULTS, type FaultCode } from '@sidetone/core';
import { argumentsOf, documentOf, valueOf, type ControlMutation } from '../controls/mutation.ts';
import { createDaemonClient } from '../frame/daemon-client.ts';
import type { OutputOptions } from '../frame/options.ts';
import { createOutput } from '../frame/output.ts';

export interface ControlOptions extends OutputOptions {
  readonly url: string;
  /** The options of the mutation. */
  readonly [name: string]: unknown;
}

/** The fields that payloads of commands have. */
interface Outcome {
  readonly command?: { readonly id: string; readonly status: string } | null;
  readonly failure?: { readonly code: string; readonly message: string } | null;
}

/** @throws {FaultError} the failure of the command, INPUT_INVALID, or an error of the daemon. */
export async function control(
  mutation: ControlMutation,
  values: readonly unknown[],
  options: ControlOptions,
): Promise<void> {
  const input = inputOf(mutation, values, options);
  const result = await createDaemonClient(options).query<Record<string, unknown>>(
    documentOf(mutation),
    mutation.inputType === null ? input : { input },
  );
  const outcome = result[mutation.name];
  const { command, failure } = isObject(outcome) ? (outcome as Outcome) : {};
  if (failure) throw new FaultError(codeOf(failure.code), failure.message);
  const text = command
    ? `${mutation.name}: ${command.status} (command ${command.id})`
    : `${mutation.name}: done`;
  await createOutput(options).result(outcome, text);
}

/** Exported for tests. */
export function inputOf(
  mutation: ControlMutation,
  values: readonly unknown[],
  options: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const required = argumentsOf(mutation).map((option, i) => [option, values[i]] as const);
  const others = mutation.options
    .filter(({ isRequired }) => !isRequired)
    .map((option) => [option, options[option.name]] as const);
  return Object.fromEntries(
    [...required, ...others]
      .filter(([, value]) => value !== undefined)
      .map(([option, value]) => [option.name, valueOf(option, value)]),
  );
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

const codeOf = (code: string): FaultCode =>
  Object.hasOwn(FAULTS, code) ? (code as FaultCode) : 'PROVIDER_REFUSED';
