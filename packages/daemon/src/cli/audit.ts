/** `sidetone audit`: prints the audit log of a database file as JSON lines, or verifies it. The daemon may be running. */
import { once } from 'node:events';
import { openAuditReader, type AuditReader } from '../store/audit/reader.ts';

export interface AuditOptions {
  readonly database: string;
  readonly call?: string;
  readonly verify?: boolean;
}

/** The exit code for a log that was changed. */
const EX_BROKEN = 1;

/** @throws {FaultError} of kind store if the file cannot be read. */
export async function audit({ database, call, verify }: AuditOptions): Promise<void> {
  const reader = openAuditReader(database);
  try {
    if (verify) printVerification(reader);
    else await printEntries(reader, call);
  } finally {
    reader.close();
  }
}

function printVerification(reader: AuditReader): void {
  const result = reader.verify();
  process.stdout.write(`${JSON.stringify(result)}\n`);
  if (!result.intact) process.exitCode = EX_BROKEN;
}

/** Waits for a slow reader of the output; stops if it ends, as `head` does. */
async function printEntries(reader: AuditReader, call: string | undefined): Promise<void> {
  const { stdout } = process;
  const closed = new AbortController();
  stdout.once('error', () => closed.abort());
  for (const entry of reader.entries(call)) {
    if (closed.signal.aborted) return;
    if (stdout.write(`${JSON.stringify(entry)}\n`)) continue;
    await once(stdout, 'drain', { signal: closed.signal }).catch(() => undefined);
  }
}
