/** Checks of plugins of both kinds that need no instance. */
import { CONTRACT_VERSION, type OptionsSchema } from '@sidetone/core';
import { containsSecret } from './encoded-secrets.ts';
import { AuditFailure, check, needs } from './verdict.ts';

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

const NAME = /^[a-z][a-z0-9-]*$/;

/** Returns the validated options of the scenario. @throws {AuditFailure} if they are invalid. */
export async function readOptions({ plugin, scenario }: AnySubject): Promise<unknown> {
  const result = await plugin.options['~standard'].validate(scenario.options);
  if (!result.issues) return result.value;
  const reason = result.issues[0]?.message ?? 'no reason given';
  throw new AuditFailure(`the options of the scenario are invalid: ${reason}`);
}

/** @throws {AuditFailure} if a name is missing or invalid, or the contract version differs. */
export function checkNames({ plugin }: AnySubject): void {
  check(NAME.test(plugin.name), '`name` does not consist of lower-case letters, digits and hyphens');
  check(plugin.displayName.trim() !== '', '`displayName` is empty');
  check(plugin.contract === CONTRACT_VERSION, `\`contract\` is not ${CONTRACT_VERSION}`);
}

/** @throws {AuditFailure} if the schema accepts an unknown option. */
export async function checkUnknownOption({ plugin, scenario }: AnySubject): Promise<void> {
  const options = { ...scenario.options, noSuchOption: true };
  const { issues } = await plugin.options['~standard'].validate(options);
  check(issues !== undefined && issues.length > 0, 'an unknown option was accepted');
}

/** @throws {AuditFailure} if the messages about invalid options contain a secret. */
export async function checkIssuesHaveNoSecrets({ plugin, scenario }: AnySubject): Promise<void> {
  needs(scenario.secrets.length > 0, 'the scenario has no `secrets`');
  const invalid = [
    ...scenario.secrets.map((secret) => ({ ...scenario.options, noSuchOption: secret })),
    ...Object.keys(scenario.options).map((key) => ({ ...scenario.options, [key]: [...scenario.secrets] })),
  ];
  for (const options of invalid) {
    const { issues = [] } = await plugin.options['~standard'].validate(options);
    const text = JSON.stringify(issues.map(({ message, path }) => [message, path?.map(String)]));
    check(!containsSecret(text, scenario.secrets), 'an error message contains the given value');
  }
}
