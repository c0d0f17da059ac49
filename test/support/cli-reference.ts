/** Generates the reference of the command line from the program that runs. */
import { format } from 'prettier';
import { createProgram } from '../../packages/daemon/src/cli/program.ts';
import { COMMANDS } from '../../packages/daemon/src/cli/commands/index.ts';
import type { CommandDefinition } from '../../packages/daemon/src/cli/frame/command.ts';
import { EXIT_CODES } from '../../packages/daemon/src/cli/frame/exit-codes.ts';
import { ENVIRONMENT } from '../../packages/daemon/src/cli/frame/options.ts';

type Command = ReturnType<typeof createProgram>;

const HEAD = `# Command line

\`sidetone\` is the program of the package \`@sidetone/daemon\`. This page is generated from its commands; \`sidetone --help\` and \`sidetone <command> --help\` print the same.

Commands that ask the running daemon find it by \`--url\` and send the access token in \`SIDETONE_TOKEN\`. The token is not an option, because other users of the machine can see the arguments of a process.

Commands with \`--json\` print a JSON object on each line of standard output. Progress and messages are written to standard error: as one line that changes on a terminal, as lines elsewhere, and not at all with \`--quiet\` or \`--json\`.`;

/** Returns the page as Markdown. */
export function cliReference(): Promise<string> {
  const program = createProgram();
  const commands = program.commands.map((command) => section(command, definitionOf(command, COMMANDS)));
  const codes = Object.values(EXIT_CODES).map(({ code, meaning }) => `| \`${code}\` | ${meaning} |`);
  const variables = Object.entries(ENVIRONMENT).map(([name, meaning]) => `| \`${name}\` | ${meaning} |`);
  const parts = [
    HEAD,
    `## Environment variables\n\n| Variable | Content |\n| --- | --- |\n${variables.join('\n')}`,
    `## Exit codes\n\n| Code | Meaning |\n| --- | --- |\n${codes.join('\n')}`,
    ...commands,
  ];
  return format(parts.join('\n\n'), { parser: 'markdown', singleQuote: true, printWidth: 110 });
}

const definitionOf = (command: Command, all: readonly CommandDefinition[]): CommandDefinition =>
  all.find(({ name }) => name === command.name())!;

function section(command: Command, definition: CommandDefinition, path = 'sidetone', depth = 2): string {
  const name = `${path} ${command.name()}`;
  const usage = `\`\`\`text\n${path} ${command.name()} ${command.usage()}\n\`\`\``;
  const summary = command.description();
  const parts = [
    `${'#'.repeat(depth)} ${name}`,
    `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`,
    ...(definition.run ? [usage] : []),
    ...tableOf(
      'Argument',
      command.registeredArguments.map((each) => [each.name(), each.description, each.defaultValue]),
    ),
    ...tableOf(
      'Option',
      command.options.map((each) => [each.flags, each.description, each.defaultValue, each.envVar]),
    ),
    ...definition.examples.map(({ command: text, meaning }) => `${meaning}\n\n\`\`\`sh\n${text}\n\`\`\``),
    ...command.commands.map((each) =>
      section(each, definitionOf(each, definition.commands ?? []), name, depth + 1),
    ),
  ];
  return parts.join('\n\n');
}

type Row = readonly [name: string, meaning: string, value: unknown, variable?: string | undefined];

function tableOf(title: string, rows: readonly Row[]): string[] {
  if (rows.length === 0) return [];
  const lines = rows.map(([name, meaning, value, variable]) => {
    const isText = typeof value === 'string' || typeof value === 'number';
    const initial = isText ? `\`${value}\`` : '';
    return `| \`${name}\` | ${meaning.replaceAll('|', '\\|')}${variable ? ` (\`${variable}\`)` : ''} | ${initial} |`;
  });
  return [`| ${title} | Meaning | Default |\n| --- | --- | --- |\n${lines.join('\n')}`];
}
