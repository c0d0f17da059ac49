/**
 * The part of the Standard Schema interface (standardschema.dev, version 1) that the daemon uses: zod, valibot,
 * arktype and others implement it, so a plugin may describe its options with any of them.
 */
/** What checks and completes options. Asynchronous checks are awaited. */
export interface OptionsSchema<Output> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
  };
}

/** The options as the schema completes them, or what is wrong with them. */
export type SchemaResult<Output> =
  { readonly value: Output; readonly issues?: undefined } | { readonly issues: readonly SchemaIssue[] };

/** One mistake. It is shown to the operator, so it may not repeat what was given. */
export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}
