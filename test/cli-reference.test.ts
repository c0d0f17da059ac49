/** Compares the reference of the command line with the program. `npx vitest run test/cli-reference -u` regenerates it. */
import { expect, test } from 'vitest';
import { createProgram } from '../packages/daemon/src/cli/program.ts';
import { EXIT_CODES } from '../packages/daemon/src/cli/frame/exit-codes.ts';
import { cliReference } from './support/cli-reference.ts';
import { rowsOf } from './support/documents.ts';

type Command = ReturnType<typeof createProgram>;

/** Returns the text that `--help` prints. */
function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({ writeOut: (chunk) => (text += chunk) });
  command.outputHelp();
  return text;
}

const allOf = (command: Command): Command[] => [command, ...command.commands.flatMap(allOf)];

test('docs/reference/cli.md matches the commands', async () => {
  await expect(await cliReference()).toMatchFileSnapshot('../docs/reference/cli.md');
});

test('the help lists every exit code', () => {
  const help = helpOf(createProgram());
  for (const { code, meaning } of Object.values(EXIT_CODES))
    expect(help).toContain(`  ${String(code).padEnd(5)}${meaning.replaceAll('`', '')}`);
});

test('docs/reference/errors.md lists every exit code', () => {
  const documented = rowsOf('docs/reference/errors.md').filter(([code]) => /^`\d+`$/.test(code!));
  expect(documented).toEqual(Object.values(EXIT_CODES).map(({ code, meaning }) => [`\`${code}\``, meaning]));
});

test.each(
  allOf(createProgram())
    .slice(1)
    .map((command) => [command.name(), command] as const),
)('%s has a summary, and examples if it runs', (_, command) => {
  const help = helpOf(command);
  expect(command.description()).toMatch(/^[a-z].*[^.]$/);
  expect(command.commands.length > 0 || help.includes('Examples:')).toBe(true);
});
