/** Random keys of the daemon, which all daemons of a database share. */
import { randomBytes } from 'node:crypto';
import { KEY_BYTES, type SecretName } from '../secrets.ts';
import type { Session } from './connection/session.ts';

/** Returns the key of this name, and creates it the first time. @throws {FaultError} of kind store. */
export async function postgresSecret(session: Session, name: SecretName): Promise<Buffer> {
  const [stored] = await session.rows<{ value: string }>({
    text: 'select value from meta where key = $1',
    values: [name],
  });
  if (stored) return Buffer.from(stored.value, 'base64url');
  // Of several daemons that create it at once, the first one decides.
  const { rows } = await session.write<{ value: string }>({
    text: 'insert into meta (key, value) values ($1, $2) on conflict (key) do update set value = meta.value returning value',
    values: [name, randomBytes(KEY_BYTES).toString('base64url')],
  });
  return Buffer.from(rows[0]!.value, 'base64url');
}
