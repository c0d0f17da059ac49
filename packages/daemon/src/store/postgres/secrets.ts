/** Random keys of the daemon, which all daemons of a database share. */
import { randomBytes } from 'node:crypto';
import { KEY_BYTES, SECRET_NAMES, type SecretName, type Secrets } from '../secrets.ts';
import type { Session } from './connection/session.ts';

const READ = 'select key, value from meta where key = any($1)';
/** Of several daemons that create a key at once, the first one decides. */
const CREATE = `insert into meta (key, value) select * from unnest($1::text[], $2::text[])
  on conflict (key) do update set value = meta.value returning key, value`;

/** Reads the keys, and creates those that are missing, when the daemon starts. @throws {FaultError} of kind store. */
export async function loadPostgresSecrets(session: Session): Promise<Secrets> {
  type Row = { key: SecretName; value: string };
  const stored = await session.rows<Row>({ text: READ, values: [SECRET_NAMES] });
  const missing = SECRET_NAMES.filter((name) => !stored.some(({ key }) => key === name));
  const values = missing.map(() => randomBytes(KEY_BYTES).toString('base64url'));
  const created =
    missing.length > 0 ? (await session.write<Row>({ text: CREATE, values: [missing, values] })).rows : [];
  const keys = new Map(
    [...stored, ...created].map(({ key, value }) => [key, Buffer.from(value, 'base64url')]),
  );
  return (name) => keys.get(name)!;
}
