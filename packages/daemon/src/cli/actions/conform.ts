/** `sidetone conform`: runs the conformance audits of the contract against a plugin. */
export interface ConformOptions {
  readonly json?: boolean;
}

/** Prints the report card and exits, because a plugin can leave timers open. */
export async function conform(specifier: string, { json = false }: ConformOptions): Promise<void> {
  // Imported only here, so that other commands do not load the testkit.
  const { runConform } = await import('@sidetone/testkit');
  const { existsSync } = await import('node:fs');
  let card = '';
  const code = await runConform(specifier, {
    cwd: process.cwd(),
    json,
    write: (text) => (card += text),
    exists: existsSync,
  });
  await new Promise<void>((resolve) => process.stdout.write(card, () => resolve()));
  process.exit(code);
}
