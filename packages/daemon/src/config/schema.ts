/**
 * The configuration file's shape. Every key is documented in docs/reference/configuration.md, which a test compares.
 * The text behind `error` is what the reader is told to expect.
 */
import { z } from 'zod';

const LOOPBACK_HOSTS = ['127.0.0.1', '::1', 'localhost'] as const;

const wholeNumber = (from: number, to: number) => {
  const error = `a whole number from ${from} to ${to}`;
  const number = z.int({ error }).min(from, { error }).max(to, { error });
  // A number that came from an environment variable is a text.
  return z.preprocess(
    (value) => (typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value),
    number,
  );
};

const mapping = <Shape extends z.ZodRawShape>(shape: Shape) => z.strictObject(shape, { error: 'a mapping' });

const text = z.string({ error: 'a text' }).min(1, { error: 'a text that is not empty' });

const publicUrl = z
  .url({ protocol: /^https?$/, error: 'an http or https address, like https://calls.example.com' })
  .transform((url) => new URL(url));

const MEBIBYTE = 1024 * 1024;

const server = mapping({
  host: z
    .enum(LOOPBACK_HOSTS, {
      error: `one of ${LOOPBACK_HOSTS.join(', ')}: this release has no access tokens yet`,
    })
    .default('127.0.0.1'),
  port: wholeNumber(0, 65_535).default(4000),
  publicUrl: publicUrl.optional(),
});

const storage = mapping({
  path: text.default('./data/sidetone.db'),
  durability: z.enum(['full', 'normal'], { error: 'full or normal' }).default('full'),
});

const log = mapping({
  level: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'], { error: 'debug, info, warn, error or silent' })
    .default('info'),
});

const limits = mapping({
  /** Largest body of a request to a plugin, bytes. */
  webhookBytes: wholeNumber(1024, 100 * MEBIBYTE).default(10 * MEBIBYTE),
  /** Largest message on any WebSocket, bytes. */
  socketMessageBytes: wholeNumber(1024, 100 * MEBIBYTE).default(MEBIBYTE),
  /** Largest GraphQL request, bytes. */
  requestBytes: wholeNumber(1024, 100 * MEBIBYTE).default(MEBIBYTE),
  /** Most nodes on a page of any list. */
  pageSize: wholeNumber(1, 10_000).default(200),
  /** Most facts that wait in memory while the disk takes none. */
  pendingFacts: wholeNumber(1000, 10_000_000).default(100_000),
});

const provider = mapping({
  plugin: text,
  options: z.record(z.string(), z.unknown(), { error: 'a mapping of options' }).default({}),
});

const PROVIDER_ID = /^[a-z][a-z0-9-]{0,31}$/;

export const configSchema = mapping({
  server: server.prefault({}),
  storage: storage.prefault({}),
  log: log.prefault({}),
  limits: limits.prefault({}),
  providers: z
    .record(
      z.string().regex(PROVIDER_ID, { error: 'a name of a-z, 0-9 and -, beginning with a letter' }),
      provider,
      {
        error: 'a mapping of provider ids',
      },
    )
    .default({}),
});

export type Config = z.output<typeof configSchema>;
