/** Verifies the chain of the audit log, as `store/audit/reader.ts` does with a file. */
import { ChainCheck, type AuditVerification } from '../../audit/chain-check.ts';
import { HEAD, TAIL, type AuditRow } from '../../audit/log.ts';
import type { PostgresOptions } from '../connection/options.ts';
import { createPools } from '../connection/pools.ts';
import { Session, type Queries } from '../connection/session.ts';
import { StoreHealth } from '../../store-health.ts';

const PAGE_ROWS = 5000;

/** Reads the log in pages: call it where no entries are written meanwhile, or in one snapshot. */
export async function verifyPostgresAudit(queries: Pick<Queries, 'rows'>): Promise<AuditVerification> {
  const links = await queries.rows<{ key: string; value: string }>({
    text: 'select key, value from meta where key = any($1)',
    values: [[HEAD, TAIL]],
  });
  const link = (name: string): string | undefined => links.find(({ key }) => key === name)?.value;
  const check = new ChainCheck({ tail: link(TAIL), head: link(HEAD) });
  let last = 0;
  for (;;) {
    const rows: readonly AuditRow[] = await queries.rows<AuditRow>({
      text: `select seq, at, by_name as by, action, call_digest as call, details, hash from audit_log
        where seq > $1 order by seq limit ${PAGE_ROWS}`,
      values: [last],
    });
    for (const row of rows) if (!check.add(row)) return check.result();
    if (rows.length < PAGE_ROWS) return check.result();
    last = rows.at(-1)!.seq;
  }
}

/** Verifies the log of a database that daemons may be using. @throws {FaultError} of kind store, or CONFIG_INVALID. */
export async function verifyAuditAt(options: PostgresOptions): Promise<AuditVerification> {
  const pools = await createPools(options);
  try {
    const session = new Session(pools, new StoreHealth());
    return await session.transaction(verifyPostgresAudit, 'set transaction isolation level repeatable read');
  } finally {
    await pools.close();
  }
}
