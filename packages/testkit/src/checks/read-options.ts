/** The options of a scenario, as the plugin's schema completes them. */
import type { OptionsSchema } from '@sidetone/core';
import { AuditFailure } from '../conformance/verdict.ts';

interface WithOptions {
  readonly plugin: { readonly options: OptionsSchema<unknown> };
  readonly scenario: { readonly options: Readonly<Record<string, unknown>> };
}

/** @throws {AuditFailure} when the schema does not take them. */
export async function readOptions({ plugin, scenario }: WithOptions): Promise<unknown> {
  const result = await plugin.options['~standard'].validate(scenario.options);
  if (!result.issues) return result.value;
  throw new AuditFailure(
    `the options of the scenario are not taken: ${result.issues[0]?.message ?? 'no reason'}`,
  );
}
