import { Option } from 'commander';
import type { TokenCreateOptions, TokenOptions } from '../actions/token.ts';
import type { CommandDefinition } from '../frame/command.ts';
import { jsonOption, postgresOption, quietOption, schemaOption, urlOption } from '../frame/options.ts';

const fileOption = (): Option =>
  new Option(
    '--database <file>',
    'work on the database file (storage.path) instead of asking the daemon; a daemon that is running notices the change within a second',
  );

const create: CommandDefinition = {
  name: 'create',
  summary: 'create an access token and print it once',
  configure: (command) =>
    command
      .argument('<name>', 'the owner: a-z, 0-9 and -, starting with a letter')
      .requiredOption(
        '--scope <scopes...>',
        'what the token permits: read, listen, control, admin; masked-numbers hides telephone numbers',
      )
      .option('--expires <when>', 'a duration such as 12h or 30d, or a date (default: never)')
      .addOption(urlOption())
      .addOption(fileOption())
      .addOption(postgresOption('work on the database'))
      .addOption(schemaOption())
      .addOption(jsonOption())
      .addOption(quietOption()),
  examples: [
    {
      command: 'sidetone token create ada --scope read listen --expires 30d',
      meaning: 'Create a token for a colleague, with the token of an administrator in SIDETONE_TOKEN.',
    },
    {
      command: 'sidetone token create admin --scope admin --database ./data/sidetone.db',
      meaning:
        'Create the first token of a daemon, or one after all others were lost, as the user of the daemon.',
    },
    {
      command: 'sidetone token create admin --scope admin --postgres',
      meaning: 'The same in PostgreSQL.',
    },
  ],
  run: async (name: string, options: TokenCreateOptions) =>
    (await import('../actions/token.ts')).createToken(name, options),
};

const list: CommandDefinition = {
  name: 'list',
  summary: 'list access tokens with their scopes, expiry and last use',
  configure: (command) =>
    command
      .addOption(urlOption())
      .addOption(fileOption())
      .addOption(postgresOption('work on the database'))
      .addOption(schemaOption())
      .addOption(jsonOption())
      .addOption(quietOption()),
  examples: [{ command: 'sidetone token list', meaning: 'List the tokens of the running daemon.' }],
  run: async (options: TokenOptions) => (await import('../actions/token.ts')).listTokens(options),
};

const revoke: CommandDefinition = {
  name: 'revoke',
  summary: 'revoke an access token; its connections are closed within a second',
  configure: (command) =>
    command
      .argument('<name>', 'the name of the token')
      .addOption(urlOption())
      .addOption(fileOption())
      .addOption(postgresOption('work on the database'))
      .addOption(schemaOption())
      .addOption(jsonOption())
      .addOption(quietOption()),
  examples: [{ command: 'sidetone token revoke ada', meaning: 'Revoke the token of a colleague.' }],
  run: async (name: string, options: TokenOptions) =>
    (await import('../actions/token.ts')).revokeToken(name, options),
};

export const token: CommandDefinition = {
  name: 'token',
  summary: 'create, list and revoke access tokens while the daemon runs; needs the scope admin',
  examples: [],
  commands: [create, list, revoke],
};
