/** The rows of access tokens that are created while the daemon runs. */
import { FaultError } from '@sidetone/core';
import { nameTaken } from '../../access/tokens/new-token.ts';
import { MAX_STORED_TOKENS, type StoredToken, type TokenStore } from '../../access/tokens/stored-token.ts';
import type { Asynchronous } from './asynchronous.ts';
import { withAudit } from './audit/log.ts';
import type { Queries, Session } from './connection/session.ts';
import { accessTokens } from './schema.ts';
import { excluded, nameOf, rowsIn, selectFrom, toJson, valueOf, writable } from './statements.ts';

const COLUMNS = writable(accessTokens);
const PUT = `insert into access_tokens (${COLUMNS.map((column) => nameOf(accessTokens, column)).join(', ')})
  select ${COLUMNS.map((column) => valueOf(accessTokens, column)).join(', ')} from ${rowsIn('$1', accessTokens, COLUMNS)}
  on conflict (name) do update set ${excluded(accessTokens, writable(accessTokens, ['name']))}`;

export function createPostgresTokens(session: Session): Asynchronous<TokenStore> {
  return {
    list: () =>
      session.rows<typeof accessTokens.$inferSelect>({ text: `${selectFrom(accessTokens)} order by name` }),
    put: (token, entry) =>
      withAudit(session, async (queries, append) => {
        await makeRoom(queries, token);
        await queries.run({ text: PUT, values: [toJson([token])] });
        await append(entry);
      }),
    revoke: (name, revokedAt, entry) =>
      withAudit(session, async (queries, append) => {
        const changes = await queries.run({
          text: 'update access_tokens set revoked_at = $2 where name = $1 and revoked_at is null',
          values: [name, revokedAt],
        });
        if (changes > 0) await append(entry);
        return changes > 0;
      }),
    // Every change of a token is also an entry of the audit log.
    async version() {
      const [row] = await session.rows<{ seq: number }>({
        name: 'audit_head_seq',
        text: "select split_part(value, ' ', 1)::bigint as seq from meta where key = 'audit_head'",
      });
      return row?.seq ?? 0;
    },
  };
}

/** Deletes the oldest ended token if all places are taken. @throws {FaultError} INPUT_INVALID, LIMIT_TOKENS */
async function makeRoom(queries: Queries, { name, createdAt: now }: StoredToken): Promise<void> {
  const [stored] = await queries.rows<{ others: number; known: number; valid: number }>({
    text: `select count(*) filter (where name <> $1) as others, count(*) filter (where name = $1) as known,
      count(*) filter (where name = $1 and revoked_at is null and coalesce(expires_at > $2, true)) as valid
      from access_tokens`,
    values: [name, now],
  });
  const { others, known, valid } = stored!;
  if (valid > 0) throw nameTaken(name);
  if (known > 0 || others < MAX_STORED_TOKENS) return;
  const removed = await queries.run({
    text: `delete from access_tokens where name = (select name from access_tokens
      where revoked_at is not null or expires_at <= $1 order by created_at limit 1)`,
    values: [now],
  });
  if (removed === 0)
    throw new FaultError('LIMIT_TOKENS', `there are ${MAX_STORED_TOKENS} access tokens already`);
}
