/** `storage` of the configuration file: a file of SQLite, or a database of PostgreSQL. */
import { Secret } from '@sidetone/core';
import { z } from 'zod';
import { certificate, mapping, pem, wholeNumber } from './values.ts';

const textError = 'a non-empty string';
const text = z.string({ error: textError }).min(1, { error: textError });

const urlError = 'a URL such as postgres://user:password@host:5432/database';
const databaseUrl = z.url({ protocol: /^postgres(ql)?$/, error: urlError });

const schemaError = 'lower-case letters, digits and underscores, at most 63';

const file = {
  path: text.optional(),
  /** Most copies of the database before migrations; without any, none is made. */
  migrationCopies: wholeNumber(0, 10).optional(),
};

const server = {
  /** With the password. */
  url: databaseUrl.optional(),
  /** The schema of the tables. */
  schema: z
    .string({ error: schemaError })
    .regex(/^[a-z_][a-z0-9_]{0,62}$/, { error: schemaError })
    .optional(),
  /** Most connections for reading. There is one more for writing. */
  connections: wholeNumber(1, 100).optional(),
  tls: mapping({
    ca: certificate.optional(),
    cert: certificate.optional(),
    key: pem('', 'the content of a private key in PEM format').optional(),
    /** The name in the certificate of the server, if it is not the host. */
    servername: text.optional(),
  }).optional(),
  connectTimeoutMs: wholeNumber(100, 300_000).optional(),
  /** How long a statement may take, with its wait for locks. */
  statementTimeoutMs: wholeNumber(1000, 600_000).optional(),
};

const common = {
  durability: z.enum(['full', 'normal'], { error: 'full or normal' }).default('full'),
  /** How long entries of the audit log are kept. */
  auditDays: wholeNumber(1, 36_500).default(365),
};

const KINDS = { sqlite: file, postgres: server } as const;
type Kind = keyof typeof KINDS;

const section = mapping({
  kind: z.enum(['sqlite', 'postgres'], { error: 'sqlite or postgres' }).default('sqlite'),
  ...common,
  ...file,
  ...server,
});

/** Only the keys of the selected kind; defaults for those that are missing. */
export const storage = section
  .superRefine(rejectOthers)
  .transform(({ kind, durability, auditDays, ...keys }, context) => {
    const shared = { durability, auditDays };
    if (kind === 'sqlite') {
      const { path = './data/sidetone.db', migrationCopies = 2 } = keys;
      return { kind, path, ...shared, migrationCopies };
    }
    const { url, schema = 'public', connections = 4, tls } = keys;
    const { connectTimeoutMs = 5000, statementTimeoutMs = 10_000 } = keys;
    if (url === undefined) {
      context.addIssue({ code: 'custom', path: ['url'], message: urlError });
      return z.NEVER;
    }
    const timeouts = { connectTimeoutMs, statementTimeoutMs };
    return { kind, url: new Secret(url), schema, connections, ...(tls && { tls }), ...shared, ...timeouts };
  });

export type StorageSettings = z.output<typeof storage>;
export type SqliteSettings = Extract<StorageSettings, { kind: 'sqlite' }>;
export type PostgresSettings = Extract<StorageSettings, { kind: 'postgres' }>;

/** Returns the options of a connection. */
export function postgresOptions({ url, tls, ...settings }: PostgresSettings) {
  const { ca, cert, key, servername } = tls ?? {};
  const given = {
    ...(ca && { ca }),
    ...(cert && { cert }),
    ...(key && { key }),
    ...(servername && { servername }),
  };
  return { ...settings, url: url.reveal(), ...(tls && { tls: given }) };
}

function rejectOthers(keys: z.output<typeof section>, context: z.core.$RefinementCtx): void {
  const reject = (path: string[], message: string): void =>
    context.addIssue({ code: 'custom', path, message });
  for (const [kind, shape] of Object.entries(KINDS) as [Kind, object][])
    for (const key of kind === keys.kind ? [] : (Object.keys(shape) as (keyof typeof keys)[]))
      if (keys[key] !== undefined)
        reject([key], `nothing, because this key belongs to storage.kind: ${kind}`);
  const { tls } = keys;
  if ((tls?.cert === undefined) !== (tls?.key === undefined))
    reject(['tls', tls?.cert === undefined ? 'cert' : 'key'], 'cert and key together');
}
