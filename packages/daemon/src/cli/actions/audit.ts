/** `sidetone audit`: prints the audit log of a database file as JSON lines, or verifies it. The daemon may be running. */
import { once } from 'node:events';
import { exitWith } from '../frame/exit-codes.ts';
import { openAuditReader, type AuditReader } from '../../store/audit/reader.ts';

export interface AuditOptions {
  readonly database: string;
  readonly call?: string;
  readonly verify?: boolean;
}

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
  if (!result.intact) exitWith('FAILED');
}

/** Waits for a slow reader of the output. */
async function printEntries(reader: AuditReader, call: string | undefined): Promise<void> {
  const { stdout } = process;
  for (const entry of reader.entries(call)) {
    if (!stdout.write(`${JSON.stringify(entry)}\n`)) await once(stdout, 'drain');
  }
}
