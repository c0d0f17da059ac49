/** `sidetone audit`: prints the audit log of a database file or of the running daemon as JSON lines, or verifies it. */
import { once } from 'node:events';
import { FaultError } from '@sidetone/core';
import { AUDIT_ACTIONS, type AuditAction } from '../../access/audit.ts';
import type { AuditFilter, AuditOutcome } from '../../history/audit-query.ts';
import type { AuditVerification } from '../../store/audit/chain-check.ts';
import { openAuditReader, type AuditReader } from '../../store/audit/reader.ts';
import { createDaemonClient } from '../frame/daemon-client.ts';
import { fileOf, postgresOf, type PostgresCommandOptions } from '../frame/database.ts';
import { exitWith } from '../frame/exit-codes.ts';
import { parseInstant } from '../frame/instants.ts';

export interface AuditOptions {
  readonly database: string;
  /** The address of the daemon to ask instead of reading the file. */
  readonly url?: string;
  readonly since?: string;
  readonly until?: string;
  readonly by?: readonly string[];
  readonly action?: readonly string[];
  readonly call?: string;
  readonly outcome?: string;
  readonly verify?: boolean;
}

const PAGE = 200;
const IN_POSTGRES = 'use --url, or `sidetone audit verify --postgres`';

/** @throws {FaultError} INPUT_INVALID, of kind store if the file cannot be read, or an error of the daemon. */
export async function audit(options: AuditOptions): Promise<void> {
  if (options.verify) return verifyAudit(options);
  const filter = filterOf(options);
  if (options.url !== undefined) return printAll(entriesOfDaemon(options.url, filter));
  await withFile(options.database, (reader) => printAll(reader.entries(filter)));
}

export type VerifyOptions = Pick<AuditOptions, 'database'> & PostgresCommandOptions;

/** @throws {FaultError} INPUT_INVALID without a URL, CONFIG_INVALID, or of kind store. */
export async function verifyAudit(options: VerifyOptions): Promise<void> {
  if (!options.postgres) return withFile(options.database, (reader) => printVerification(reader.verify()));
  const { verifyAuditAt } = await import('../../store/postgres/audit/verify.ts');
  printVerification(await verifyAuditAt(postgresOf(options)));
}

function printVerification(result: AuditVerification): void {
  process.stdout.write(`${JSON.stringify(result)}\n`);
  if (!result.intact) exitWith('FAILED');
}

async function withFile(path: string, use: (reader: AuditReader) => unknown): Promise<void> {
  const reader = openAuditReader(fileOf('--database', path, IN_POSTGRES));
  try {
    await use(reader);
  } finally {
    reader.close();
  }
}

function filterOf({ since, until, by, action, call, outcome }: AuditOptions): AuditFilter {
  const actions = action?.map((text) => oneOf<AuditAction>('--action', text, AUDIT_ACTIONS));
  return {
    ...(since !== undefined && { since: parseInstant('--since', since) }),
    ...(until !== undefined && { until: parseInstant('--until', until) }),
    ...(by && { by }),
    ...(actions && { actions }),
    ...(call !== undefined && { callId: call }),
    ...(outcome !== undefined && { outcome: oneOf<AuditOutcome>('--outcome', outcome, ['DONE', 'FAILED']) }),
  };
}

function oneOf<Value extends string>(option: string, text: string, values: readonly Value[]): Value {
  const value = values.find((each) => each === text.toUpperCase().replaceAll('-', '_'));
  if (value) return value;
  const known = values.join(', ').toLowerCase();
  throw new FaultError('INPUT_INVALID', `${option}: expected one of ${known}, received "${text}"`);
}

/** Waits for a slow reader of the output. */
async function printAll(entries: Iterable<object> | AsyncIterable<object>): Promise<void> {
  const { stdout } = process;
  for await (const entry of entries) {
    if (!stdout.write(`${JSON.stringify(entry)}\n`)) await once(stdout, 'drain');
  }
}

const QUERY = `query ($filter: AuditFilter, $last: Int, $before: String) {
  auditLog(filter: $filter, last: $last, before: $before) {
    nodes { seq at by action call: callDigest details }
    pageInfo { hasPreviousPage startCursor }
  }
}`;

interface AuditPage {
  readonly auditLog: {
    readonly nodes: readonly { readonly call: string | null; readonly details: unknown }[];
    readonly pageInfo: { readonly hasPreviousPage: boolean; readonly startCursor: string | null };
  };
}

/** Yields the entries of the daemon like those of a file: the oldest first, without empty fields. */
async function* entriesOfDaemon(url: string, filter: AuditFilter): AsyncGenerator<object> {
  const daemon = createDaemonClient({ url });
  const { since, until, ...others } = filter;
  const input = { ...others, since: isoOf(since), until: isoOf(until) };
  let before: string | null = null;
  for (;;) {
    const { auditLog }: AuditPage = await daemon.query<AuditPage>(QUERY, {
      filter: input,
      last: PAGE,
      before,
    });
    for (const { call, details, ...entry } of auditLog.nodes.toReversed())
      yield { ...entry, ...(call !== null && { call }), ...(details !== null && { details }) };
    before = auditLog.pageInfo.startCursor;
    if (!auditLog.pageInfo.hasPreviousPage || before === null) return;
  }
}

const isoOf = (at: number | undefined): string | undefined =>
  at === undefined ? undefined : new Date(at).toISOString();
