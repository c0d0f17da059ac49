/** Options that several commands have, each with one name, one environment variable and one description. */
import { InvalidArgumentError, Option } from 'commander';

const DEFAULT_PORT = 4000;
const DEFAULT_URL = `http://127.0.0.1:${DEFAULT_PORT}/`;

/** The environment variables that replace options, or contain what other users of the machine must not see. */
export const ENVIRONMENT = {
  SIDETONE_CONFIG:
    'the configuration file, if the command has no `--config`; otherwise it is ./sidetone.yaml',
  SIDETONE_URL: `the address of the running daemon, if the command has no \`--url\`; otherwise it is ${DEFAULT_URL}`,
  SIDETONE_TOKEN: 'the access token for the running daemon',
  SIDETONE_POSTGRES_URL:
    'the URL of the database in PostgreSQL, for `sidetone migrate` without `--to`, and for commands with `--postgres`',
} as const;

export const configOption = (): Option =>
  new Option('-c, --config <file>', 'the configuration file').env('SIDETONE_CONFIG').default('sidetone.yaml');

export const urlOption = (): Option =>
  new Option('--url <address>', 'the address of the running daemon').env('SIDETONE_URL').default(DEFAULT_URL);

export const databaseOption = (): Option =>
  new Option('--database <file>', 'the database file (storage.path)').default('./data/sidetone.db');

export const postgresOption = (what: string): Option =>
  new Option('--postgres', `${what} in PostgreSQL instead, at the URL in SIDETONE_POSTGRES_URL`);

export const schemaOption = (): Option =>
  new Option('--schema <name>', 'the schema of the tables in PostgreSQL').default('public');

export const jsonOption = (): Option => new Option('--json', 'print JSON lines instead of text');

export const quietOption = (): Option => new Option('-q, --quiet', 'print only results and errors');

/** Options of commands that print results: `--json` and `--quiet`. */
export interface OutputOptions {
  readonly json?: boolean;
  readonly quiet?: boolean;
}

export function parsePort(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value <= 65_535) return value;
  throw new InvalidArgumentError('expected a whole number from 0 to 65535.');
}

/** Returns a parser of whole numbers for an option. */
export const parseCount =
  (from: number, to: number) =>
  (text: string): number => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= from && value <= to) return value;
    throw new InvalidArgumentError(`expected a whole number from ${from} to ${to}.`);
  };
