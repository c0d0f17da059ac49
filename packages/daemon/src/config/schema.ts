/**
 * The configuration file's shape. Every key is documented in docs/reference/configuration.md, which a test compares.
 * The text behind `error` is what the reader is told to expect.
 */
import { z } from 'zod';
import { isLoopbackHost, origin } from './addresses.ts';
import { auth } from './auth.ts';

const wholeNumber = (from: number, to: number) => {
  const error = `a whole number from ${from} to ${to}`;
  const number = z.int({ error }).min(from, { error }).max(to, { error });
  // A number that came from an environment variable is a text.
  return z.preprocess(
    (value) => (typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value),
    number,
  );
};

const yesOrNo = z.preprocess(
  (value) => (value === 'true' || value === 'false' ? value === 'true' : value),
  z.boolean({ error: 'true or false' }),
);

const mapping = <Shape extends z.ZodRawShape>(shape: Shape) => z.strictObject(shape, { error: 'a mapping' });

const text = z.string({ error: 'a text' }).min(1, { error: 'a text that is not empty' });

const publicUrl = z
  .url({ protocol: /^https?$/, error: 'an http or https address, like https://calls.example.com' })
  .transform((url) => new URL(url));

const MEBIBYTE = 1024 * 1024;

const server = mapping({
  host: text.default('127.0.0.1'),
  port: wholeNumber(0, 65_535).default(4000),
  publicUrl: publicUrl.optional(),
  cors: mapping({
    /** Pages of these origins may ask, beside those of this daemon. */
    origins: z.array(origin, { error: 'a list of origins' }).default([]),
  }).prefault({}),
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
  /** Longest query, in tokens of the language. */
  queryTokens: wholeNumber(100, 1_000_000).default(2000),
  /** Most fields nested in one another. */
  queryDepth: wholeNumber(1, 1000).default(15),
  /** Most fields asked for under another name. */
  queryAliases: wholeNumber(0, 100_000).default(50),
  /** Most fields in the largest answer that a query can have. */
  queryCost: wholeNumber(100, 1_000_000_000).default(50_000),
  /** Whether the schema can be asked for. */
  introspection: yesOrNo.default(true),
  /** Most GraphQL WebSockets of one client at once. */
  connections: wholeNumber(1, 1_000_000).default(200),
  /** How long a WebSocket may take until it has said who it is, ms. */
  connectionInitMs: wholeNumber(10, 60_000).default(3000),
  /** Most subscriptions of one client at once, over all its connections. */
  subscriptionsPerClient: wholeNumber(1, 1_000_000).default(1000),
  /** Most nodes on a page of any list. */
  pageSize: wholeNumber(1, 10_000).default(200),
  /** Most facts that wait in memory while the disk takes none. */
  pendingEvents: wholeNumber(1000, 10_000_000).default(100_000),
  /** Most events that a provider may tell in a second. */
  eventsPerSecond: wholeNumber(100, 1_000_000).default(5000),
});

const recording = mapping({
  enabled: yesOrNo.default(false),
  path: text.default('./data/recordings'),
  waveform: yesOrNo.default(true),
});

const options = z.record(z.string(), z.unknown(), { error: 'a mapping of options' }).default({});

const provider = mapping({
  plugin: text,
  /** Which transcriber tells what is said in its calls; `off` and `auto` are none's names. */
  transcribe: z.preprocess((value) => (value === false ? 'off' : value), text.default('off')),
  recording: mapping({ enabled: yesOrNo.optional() }).prefault({}),
  options,
});

const transcriber = mapping({ plugin: text, options });

const INSTANCE_ID = /^[a-z][a-z0-9-]{0,31}$/;
const instanceId = z
  .string()
  .regex(INSTANCE_ID, { error: 'a name of a-z, 0-9 and -, beginning with a letter' });
const transcriberId = instanceId.refine((id) => id !== 'off' && id !== 'auto', {
  error: 'another name than off and auto, which are no transcribers',
});

const file = mapping({
  server: server.prefault({}),
  auth: auth.prefault({}),
  storage: storage.prefault({}),
  recording: recording.prefault({}),
  log: log.prefault({}),
  limits: limits.prefault({}),
  providers: z.record(instanceId, provider, { error: 'a mapping of provider ids' }).default({}),
  transcribers: z.record(transcriberId, transcriber, { error: 'a mapping of transcriber ids' }).default({}),
});

export const configSchema = file
  .refine(({ server: { host }, auth: { tokens } }) => isLoopbackHost(host) || tokens.length > 0, {
    path: ['server', 'host'],
    error: '127.0.0.1, ::1 or localhost, or access tokens under auth.tokens for whoever comes from elsewhere',
  })
  .superRefine(({ providers, transcribers }, context) => {
    const ids = Object.keys(transcribers);
    for (const [id, { transcribe }] of Object.entries(providers)) {
      const isRight = transcribe === 'auto' ? ids.length === 1 : ['off', ...ids].includes(transcribe);
      if (isRight) continue;
      const auto = ids.length === 1 ? ['auto'] : [];
      const message = `one of ${['off', ...auto, ...ids].join(', ')}${ids.length === 0 ? ', or transcribers' : ''}`;
      context.addIssue({ code: 'custom', path: ['providers', id, 'transcribe'], message });
    }
  });

export type Config = z.output<typeof configSchema>;
