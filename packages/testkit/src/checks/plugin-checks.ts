/** What is asked of plugins of every kind before they run. */
import { CONTRACT_VERSION, type OptionsSchema } from '@sidetone/core';
import { check, needs } from '../conformance/verdict.ts';

interface AnySubject {
  readonly plugin: {
    readonly name: string;
    readonly displayName: string;
    readonly contract: number;
    readonly options: OptionsSchema<unknown>;
  };
  readonly scenario: {
    readonly options: Readonly<Record<string, unknown>>;
    readonly secrets: readonly string[];
  };
}

const MACHINE_NAME = /^[a-z][a-z0-9-]*$/;

/** @throws {AuditFailure} unless the plugin says what it is. */
export function checkNames({ plugin }: AnySubject): void {
  check(MACHINE_NAME.test(plugin.name), 'the name is not of lower-case letters, digits and hyphens');
  check(plugin.displayName.trim() !== '', 'there is no name for people');
  check(plugin.contract === CONTRACT_VERSION, `the contract is not ${CONTRACT_VERSION}`);
}

/** @throws {AuditFailure} when an option that is not known is taken. */
export async function checkUnknownOption({ plugin, scenario }: AnySubject): Promise<void> {
  const options = { ...scenario.options, noSuchOption: true };
  const { issues } = await plugin.options['~standard'].validate(options);
  check(issues !== undefined && issues.length > 0, 'an unknown option was taken without a word');
}

/** @throws {AuditFailure} when what is said about wrong options repeats a secret. */
export async function checkMistakes({ plugin, scenario }: AnySubject): Promise<void> {
  needs(scenario.secrets.length > 0, 'the scenario names no secrets');
  const wrong = [
    ...scenario.secrets.map((secret) => ({ ...scenario.options, noSuchOption: secret })),
    ...Object.keys(scenario.options).map((key) => ({ ...scenario.options, [key]: [...scenario.secrets] })),
  ];
  for (const options of wrong) {
    const { issues = [] } = await plugin.options['~standard'].validate(options);
    const said = JSON.stringify(issues.map(({ message, path }) => [message, path?.map(String)]));
    check(!scenario.secrets.some((secret) => said.includes(secret)), 'a mistake repeats what was given');
  }
}
