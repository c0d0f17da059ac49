/** `sidetone conform`: whether a plugin keeps the promises of the contract. */
export interface ConformOptions {
  readonly json?: boolean;
}

/** Shows the plugin's report card and ends the process: a plugin may leave timers behind. */
export async function conform(specifier: string, { json = false }: ConformOptions): Promise<void> {
  // Only here: a start of the daemon does not pay for it.
  const { runConform } = await import('@sidetone/testkit');
  let card = '';
  const code = await runConform(specifier, { cwd: process.cwd(), json, write: (text) => (card += text) });
  await new Promise<void>((resolve) => process.stdout.write(card, () => resolve()));
  process.exit(code);
}
