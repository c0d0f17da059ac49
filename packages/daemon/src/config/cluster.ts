/** `cluster` of the configuration file: the servers of NATS, and the place of this daemon among the nodes. */
import { z } from 'zod';
import { certificate, mapping, pem, wholeNumber } from './values.ts';

export const MAX_NATS_SERVERS = 20;

const nameError = 'a name of a-z, 0-9 and -, starting with a letter, at most 32 characters';
const name = z.string({ error: nameError }).regex(/^[a-z][a-z0-9-]{0,31}$/, { error: nameError });

const urlError = 'a URL such as nats://10.0.0.5:4222 or tls://nats.example.com, without user and password';
const natsUrl = z.url({ protocol: /^(nats|tls)$/, error: urlError }).refine(isServer, { error: urlError });

const serversError = `a list of 1 to ${MAX_NATS_SERVERS} URLs`;

const textError = 'a non-empty string';
const text = z.string({ error: textError }).min(1, { error: textError });

export const cluster = mapping({
  nats: z
    .array(natsUrl, { error: serversError })
    .min(1, { error: serversError })
    .max(MAX_NATS_SERVERS, { error: serversError }),
  /** Different for each daemon of the cluster, and the same after a restart. */
  node: name,
  /** The beginning of all subjects: several clusters can share the servers of NATS. */
  name: name.default('sidetone'),
  /** One way to sign in: the content of a file of credentials, a token, or a user with a password. */
  credentials: pem('NATS USER JWT', 'the content of a file of NATS credentials').optional(),
  token: text.optional(),
  user: text.optional(),
  password: text.optional(),
  tls: mapping({
    ca: certificate.optional(),
    cert: certificate.optional(),
    key: pem('', 'the content of a private key in PEM format').optional(),
  }).optional(),
  leaseSeconds: wholeNumber(2, 300).default(10),
  /** How long a node waits for the streams of its calls before it stops. */
  drainSeconds: wholeNumber(0, 3600).default(60),
  /** On how many servers of NATS the leases are stored. */
  replicas: wholeNumber(1, 5).optional(),
}).superRefine((settings, context) => {
  const { credentials, token, user, password, tls } = settings;
  const reject = (path: string[], message: string): void =>
    context.addIssue({ code: 'custom', path, message });
  if ((user === undefined) !== (password === undefined))
    reject([user === undefined ? 'user' : 'password'], 'user and password together');
  const ways = Object.entries({ credentials, token, user }).filter(([, value]) => value !== undefined);
  if (ways.length > 1) reject([ways[1]![0]], 'only one of credentials, token and user');
  if ((tls?.cert === undefined) !== (tls?.key === undefined))
    reject(['tls', tls?.cert === undefined ? 'cert' : 'key'], 'cert and key together');
});

export type ClusterSettings = z.output<typeof cluster>;

function isServer(text: string): boolean {
  const { username, password, hostname, pathname, search } = new URL(text);
  return hostname !== '' && username === '' && password === '' && /^\/?$/.test(pathname) && search === '';
}
