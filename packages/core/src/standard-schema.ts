/**
 * The part of Standard Schema (standardschema.dev, version 1) that the daemon uses. A plugin can describe its options with
 * any library that implements it: zod, valibot, arktype and others.
 */
/** Validates options and fills in defaults. The daemon awaits asynchronous validation for at most 15 s. */
export interface OptionsSchema<Output> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
  };
}

/** The validated options with defaults, or the issues found. */
export type SchemaResult<Output> =
  { readonly value: Output; readonly issues?: undefined } | { readonly issues: readonly SchemaIssue[] };

/** One invalid option. The message is shown to the operator, so it must not contain the given value. */
export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}
