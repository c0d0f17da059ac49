/**
 * The schema of the configuration file. A test compares it with docs/reference/configuration.md.
 * The `error` of a type completes the sentence "expected ...".
 */
import { resolve } from 'node:path';
import { isCountry, isHostRule } from '@sidetone/plugin-kit';
import { z } from 'zod';
import { isAddressRange } from '../access/addresses.ts';
import { isLoopbackHost, isLoopbackUrl, isUnspecifiedHost } from '../access/exposure.ts';
import { isBaseUrl } from '../access/base-path.ts';
import { auth } from './auth.ts';
import { cluster } from './cluster.ts';
import { providerRedaction, redaction } from './redaction.ts';
import { providerRetention, retention } from './retention.ts';
import { storage } from './storage.ts';
import { tracing } from './tracing.ts';
import { mapping, wholeNumber, yesOrNo } from './values.ts';

const error = 'a non-empty string';
const text = z.string({ error }).min(1, { error });

const publicUrl = z
  .url({
    protocol: /^https?$/,
    error: 'an http or https URL, such as https://calls.example.com',
  })
  .transform((url) => new URL(url))
  .refine(({ hostname }) => !isUnspecifiedHost(hostname), {
    error: 'the address at which providers and browsers reach this daemon, such as https://calls.example.com',
  })
  .refine(isBaseUrl, {
    error: 'a URL whose path does not begin like a route of the daemon, such as /graphql or /calls',
  });

const originError = 'an origin without a path, such as https://app.example.com';

/** The origin of a web page, exactly as a browser sends it. */
const origin = z
  .string({ error: originError })
  .refine((text) => /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text, {
    error: originError,
  });

const rangeError = 'an IP address or a range such as 10.0.0.0/8';
const addressRange = z.string({ error: rangeError }).refine(isAddressRange, { error: rangeError });

const MEBIBYTE = 1024 * 1024;

const countryError = 'the ISO 3166 code of a country in capitals, such as IN';
const country = z.string({ error: countryError }).refine(isCountry, { error: countryError }).optional();

const server = mapping({
  /** An IPv6 address may be in brackets, as in a URL. */
  host: text.transform((host) => host.replace(/^\[(.*)\]$/, '$1')).default('127.0.0.1'),
  port: wholeNumber(0, 65_535).default(4000),
  /** The number of connections, in total and of one network address. */
  maxConnections: wholeNumber(1, 1_000_000).default(2000),
  maxConnectionsPerAddress: wholeNumber(1, 1_000_000).default(1000),
  /**
   * How long a connection without a request stays open. Longer than proxies keep theirs (Google Cloud: 600 s), so that a proxy
   * never sends a webhook on a connection that is being closed.
   */
  keepAliveSeconds: wholeNumber(5, 86_400).default(620),
  publicUrl: publicUrl.optional(),
  cors: mapping({
    /** Origins whose pages may send requests, besides those of this daemon. */
    origins: z.array(origin, { error: 'a list of origins' }).default([]),
  }).prefault({}),
  /** The addresses of proxies whose forwarding headers determine the address of a client. */
  trustedProxies: z.array(addressRange, { error: 'a list of addresses' }).default([]),
});

const hostRuleError = 'a host such as media.example.com, 10.0.0.7:8080 or .example.com';

const outgoing = mapping({
  /** Hosts that clients may name in `playAudio` and `handoff` although their addresses are not public. */
  allowedHosts: z
    .array(z.string({ error: hostRuleError }).refine(isHostRule, { error: hostRuleError }), {
      error: 'a list of hosts',
    })
    .default([]),
});

const log = mapping({
  level: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'], { error: 'debug, info, warn, error or silent' })
    .default('info'),
  /** `auto` is `text` on a terminal, otherwise `json`. */
  format: z.enum(['auto', 'json', 'text'], { error: 'auto, json or text' }).default('auto'),
});

const limits = mapping({
  /** The size of a request body for a plugin, bytes. */
  webhookBytes: wholeNumber(1024, 100 * MEBIBYTE).default(MEBIBYTE),
  /** The memory of all request bodies that are being received or handled, bytes. */
  bodyBytesInFlight: wholeNumber(MEBIBYTE, 16_384 * MEBIBYTE).default(48 * MEBIBYTE),
  /** The size of a WebSocket message, bytes. */
  socketMessageBytes: wholeNumber(1024, 100 * MEBIBYTE).default(MEBIBYTE),
  /** The size of a GraphQL or control request, bytes. */
  requestBytes: wholeNumber(1024, 100 * MEBIBYTE).default(MEBIBYTE),
  /** The size of the result of a query, bytes. */
  responseBytes: wholeNumber(1024, 1024 * MEBIBYTE).default(10 * MEBIBYTE),
  /** Output that clients have not read yet, bytes. */
  unsentBytesPerConnection: wholeNumber(65_536, 1024 * MEBIBYTE).default(16 * MEBIBYTE),
  unsentBytesPerClient: wholeNumber(65_536, 16_384 * MEBIBYTE).default(32 * MEBIBYTE),
  unsentBytesTotal: wholeNumber(65_536, 16_384 * MEBIBYTE).default(128 * MEBIBYTE),
  /** The length of a query, in tokens. */
  queryTokens: wholeNumber(100, 1_000_000).default(2000),
  /** The depth of nested fields. */
  queryDepth: wholeNumber(1, 1000).default(15),
  queryAliases: wholeNumber(0, 100_000).default(50),
  /** The number of fields in the largest possible result of a query. */
  queryCost: wholeNumber(100, 1_000_000_000).default(50_000),
  introspection: yesOrNo.default(true),
  /** The longest lifetime of a signed URL, seconds. */
  mediaLinkSeconds: wholeNumber(300, 604_800).default(3600),
  /** The longest pause of recording, transcription and listening, seconds. */
  capturePauseSeconds: wholeNumber(10, 86_400).default(600),
  /** The number of GraphQL WebSockets of a client. */
  connections: wholeNumber(1, 1_000_000).default(200),
  /** The number of GraphQL WebSockets without a valid `connection_init`. */
  pendingSockets: wholeNumber(2, 1_000_000).default(400),
  /** The number of sign-ins of one network address that may fail per second. */
  failedSignInsPerSecond: wholeNumber(1, 1000).default(5),
  /** The time until `connection_init` on a WebSocket, ms. */
  connectionInitMs: wholeNumber(10, 60_000).default(3000),
  /** The number of subscriptions of a client, over all its connections. */
  subscriptionsPerClient: wholeNumber(1, 1_000_000).default(1000),
  /** The number of fields per second in the events of a client's subscriptions. */
  subscriptionCostPerSecond: wholeNumber(1000, 1_000_000_000).default(400_000),
  /** The number of nodes on a page. */
  pageSize: wholeNumber(1, 10_000).default(200),
  /** The number of exports of calls, events or utterances that may run at once. */
  exports: wholeNumber(1, 100).default(2),
  /** The number of events that are kept in memory while database writes fail. */
  pendingEvents: wholeNumber(1000, 10_000_000).default(100_000),
  /** The memory of these events as estimated, bytes. */
  pendingBytes: wholeNumber(MEBIBYTE, 16_384 * MEBIBYTE).default(128 * MEBIBYTE),
  /** The number of events that a provider may emit per second. */
  eventsPerSecond: wholeNumber(100, 1_000_000).default(5000),
  /** The memory of an isolated plugin: of its heap, and of its buffers, bytes. */
  isolatedPluginBytes: wholeNumber(32 * MEBIBYTE, 16_384 * MEBIBYTE).default(256 * MEBIBYTE),
  /** The number of live calls. Events of further calls are rejected. */
  liveCalls: wholeNumber(10, 1_000_000).default(20_000),
  /** The number of failed requests and sockets of a provider that are remembered, and of others. */
  recentRequests: wholeNumber(0, 1000).default(50),
  /** The size of a file with captured requests and messages, bytes. */
  captureBytes: wholeNumber(MEBIBYTE, 16_384 * MEBIBYTE).default(64 * MEBIBYTE),
});

const recording = mapping({
  enabled: yesOrNo.default(false),
  path: text.default('./data/recordings'),
  /** The format of the recordings of ended calls on the disk. */
  storage: z.enum(['wav', 'flac'], { error: 'wav or flac' }).default('wav'),
  waveform: yesOrNo.default(true),
});

/** Another address that serves the metrics, and nothing else, without access token. */
const metrics = mapping({
  host: text.transform((host) => host.replace(/^\[(.*)\]$/, '$1')).default('127.0.0.1'),
  port: wholeNumber(0, 65_535).optional(),
});

const options = z.record(z.string(), z.unknown(), { error: 'a mapping of options' }).default({});

const provider = mapping({
  plugin: text,
  /** Whether the plugin runs in a thread of its own. */
  isolate: yesOrNo.default(false),
  /** The country of the national numbers that the provider reports and dials. Default: `country` of the file. */
  country,
  /** The id of a transcriber, `auto` or `off`; false means `off`. */
  transcribe: z.preprocess((value) => (value === false ? 'off' : value), text.default('off')),
  recording: mapping({ enabled: yesOrNo.optional() }).prefault({}),
  retention: providerRetention.prefault({}),
  redaction: providerRedaction.prefault({}),
  /** The file that requests and messages are captured in. */
  capture: text.optional(),
  options,
});

const transcriber = mapping({ plugin: text, options });

const INSTANCE_ID = /^[a-z][a-z0-9-]{0,31}$/;
const instanceId = z
  .string()
  .regex(INSTANCE_ID, { error: 'a name of a-z, 0-9 and -, starting with a letter' });
const transcriberId = instanceId.refine((id) => id !== 'off' && id !== 'auto', {
  error: 'a name other than off and auto',
});

const file = mapping({
  /** The country of national numbers, which have no country code. */
  country,
  server: server.prefault({}),
  auth: auth.prefault({}),
  outgoing: outgoing.prefault({}),
  storage: storage.prefault({}),
  recording: recording.prefault({}),
  retention: retention.prefault({}),
  redaction: redaction.prefault({}),
  log: log.prefault({}),
  limits: limits.prefault({}),
  metrics: metrics.prefault({}),
  tracing: tracing.prefault({}),
  /** Without it, the daemon is alone, and needs no server of NATS. */
  cluster: cluster.optional(),
  providers: z.record(instanceId, provider, { error: 'a mapping of provider ids' }).default({}),
  transcribers: z.record(transcriberId, transcriber, { error: 'a mapping of transcriber ids' }).default({}),
});

/** Pairs of limits of which the second must not be smaller. */
const INCREASING_LIMITS = [
  ['responseBytes', 'unsentBytesPerConnection'],
  ['unsentBytesPerConnection', 'unsentBytesPerClient'],
  ['unsentBytesPerClient', 'unsentBytesTotal'],
] as const;

/** Runs a check of several sections if these are valid, also while others are not. */
const ifValid = (...sections: readonly (keyof z.output<typeof file>)[]) => ({
  when: ({ issues }: z.core.ParsePayload): boolean =>
    issues.every(({ path, code }) => {
      const [section] = path ?? [];
      return section === undefined
        ? code === 'unrecognized_keys'
        : !sections.some((each) => each === section);
    }),
});

export const configSchema = file
  .superRefine(
    ({ server: { host, publicUrl: url }, auth }, context) => {
      if (isAccessDecided(auth)) return;
      const reject = (key: string, expected: string): void =>
        context.addIssue({
          code: 'custom',
          path: ['server', key],
          message: `${expected}, because auth.tokens is empty`,
        });
      if (!isLoopbackHost(host)) reject('host', 'a loopback address (127.0.0.1, ::1 or localhost)');
      if (url && !isLoopbackUrl(url)) reject('publicUrl', 'a loopback URL such as http://127.0.0.1:4000');
    },
    ifValid('server', 'auth'),
  )
  .superRefine(
    ({ storage, cluster }, context) => {
      if (!cluster || storage.kind === 'postgres') return;
      const message = 'postgres, because the nodes of a cluster share their database';
      context.addIssue({ code: 'custom', path: ['storage', 'kind'], message });
    },
    ifValid('storage', 'cluster'),
  )
  .superRefine(({ limits }, context) => {
    for (const [smaller, larger] of INCREASING_LIMITS) {
      if (limits[smaller] <= limits[larger]) continue;
      const message = `at least limits.${smaller} (${limits[smaller]})`;
      context.addIssue({ code: 'custom', path: ['limits', larger], message });
    }
  }, ifValid('limits'))
  .superRefine(({ providers }, context) => {
    const files = new Map<string, string>();
    for (const [id, { capture, isolate }] of Object.entries(providers)) {
      if (capture === undefined) continue;
      if (isolate) {
        // The requests and sockets of the plugin do not leave its thread.
        const alone = 'no capture of an isolated provider: remove capture or isolate';
        context.addIssue({ code: 'custom', path: ['providers', id, 'capture'], message: alone });
      }
      const other = files.get(resolve(capture));
      const message = `a file of its own: providers.${other}.capture is the same`;
      if (other !== undefined)
        context.addIssue({ code: 'custom', path: ['providers', id, 'capture'], message });
      files.set(resolve(capture), id);
    }
  }, ifValid('providers'))
  .superRefine(
    ({ providers, transcribers }, context) => {
      const ids = Object.keys(transcribers);
      for (const [id, { transcribe }] of Object.entries(providers)) {
        const isValid = transcribe === 'auto' ? ids.length === 1 : ['off', ...ids].includes(transcribe);
        if (isValid) continue;
        const path = ['providers', id, 'transcribe'];
        context.addIssue({ code: 'custom', path, message: transcribeValues(ids) });
      }
    },
    ifValid('providers', 'transcribers'),
  );

/** The plugins of a configuration, by the section and the id. */
export interface ConfiguredPlugins {
  readonly providers: Readonly<Record<string, Pick<z.output<typeof provider>, 'plugin' | 'options'>>>;
  readonly transcribers: Readonly<Record<string, z.output<typeof transcriber>>>;
}

/** Returns the plugins of an invalid configuration whose own entry is valid. */
export function validPlugins(tree: unknown): ConfiguredPlugins {
  const valid = <Entry>(
    section: 'providers' | 'transcribers',
    schema: z.ZodType<Entry>,
  ): Record<string, Entry> => {
    const entries = z.record(z.string(), z.unknown()).safeParse((tree as Record<string, unknown>)[section]);
    return Object.fromEntries(
      Object.entries(entries.data ?? {}).flatMap(([id, entry]) => {
        const { data } = schema.safeParse(entry);
        return data === undefined ? [] : [[id, data]];
      }),
    );
  };
  return { providers: valid('providers', provider), transcribers: valid('transcribers', transcriber) };
}

function transcribeValues(ids: readonly string[]): string {
  if (ids.length === 0) return 'off, because no transcribers are configured';
  const auto = ids.length === 1 ? ['auto'] : [];
  return `one of ${['off', ...auto, ...ids].join(', ')}`;
}

/** Returns whether callers from other machines need a token, or explicitly do not. */
const isAccessDecided = ({ tokens, unverified, required }: z.output<typeof auth>): boolean =>
  tokens.length > 0 || unverified || required;

export type Config = z.output<typeof configSchema>;
