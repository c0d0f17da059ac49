/** The text of a new configuration file, with comments. Pure. Secrets are placeholders, so the file contains none. */

export const PROVIDER_CHOICES = ['vapi', 'vobiz'] as const;
export type ProviderChoice = (typeof PROVIDER_CHOICES)[number];

export interface Answers {
  readonly providers: readonly ProviderChoice[];
  /** Whether Deepgram transcribes calls of providers that send no transcript. */
  readonly deepgram: boolean;
  /** The address at which providers reach the daemon; undefined for a daemon of this machine only. */
  readonly publicUrl: string | undefined;
  /** ISO 3166. */
  readonly country: string | undefined;
  readonly record: boolean;
}

interface Paths {
  /** The JSON Schema of the file, for editors. */
  readonly schema: string;
}

export function configText(answers: Answers, { schema }: Paths): string {
  const { providers, deepgram, publicUrl, country, record } = answers;
  const sections = [
    `# yaml-language-server: $schema=${schema}
# Configuration of Sidetone. Check it with \`sidetone check\`, then run \`sidetone start\`.
# \${NAME} is an environment variable, or the content of the file whose path is in NAME_FILE.`,
    ...(country === undefined
      ? []
      : [`# The country of telephone numbers without a country code.\ncountry: ${country}`]),
    serverText(publicUrl),
    ...(publicUrl === undefined ? [] : [AUTH]),
    `storage:\n  path: ./data/sidetone.db`,
    `recording:\n  enabled: ${record}\n  path: ./data/recordings`,
    `providers:${providers.length === 0 ? ' {}' : ''}`,
    ...providers.map((provider) => PROVIDERS[provider](answers)),
    ...(deepgram ? [DEEPGRAM] : []),
  ];
  return `${sections.join('\n\n').replaceAll('providers:\n\n', 'providers:\n')}\n`;
}

function serverText(publicUrl: string | undefined): string {
  const url =
    publicUrl === undefined
      ? `  # The address at which providers reach the daemon, for example https://calls.example.com\n  # publicUrl:`
      : `  # The address at which providers and browsers reach the daemon, through a proxy with TLS.\n  publicUrl: ${publicUrl}`;
  return `server:\n  host: 127.0.0.1\n  port: 4000\n${url}`;
}

const AUTH = `auth:
  # Every request needs an access token. Create the first one with:
  #   sidetone token create admin --scope admin --database ./data/sidetone.db
  required: true`;

const PROVIDERS = {
  vapi: ({ publicUrl }) => `  vapi:
    plugin: '@sidetone/plugin-vapi'
    options:
      apiKey: \${VAPI_API_KEY}
      # The secret of the server URL, which is ${publicUrl ?? '<publicUrl>'}/providers/vapi/webhook in Vapi.
      webhook: { secret: '\${VAPI_WEBHOOK_SECRET}' }`,
  vobiz: ({ publicUrl, deepgram }) => `  vobiz:
    plugin: '@sidetone/plugin-vobiz'
    # Vobiz sends no transcript.
    transcribe: ${deepgram ? 'deepgram' : 'off'}
    options:
      authId: \${VOBIZ_AUTH_ID}
      authToken: \${VOBIZ_AUTH_TOKEN}
      signature: ${publicUrl === undefined ? 'verify' : 'require'}
      # The answer URL is ${publicUrl ?? '<publicUrl>'}/providers/vobiz/answer, the hangup URL …/hangup.
      # Where calls are connected to: a number of yours.
      answer: { mode: tap, dial: '\${VOBIZ_DIAL}' }`,
} as const satisfies Record<ProviderChoice, (answers: Answers) => string>;

const DEEPGRAM = `transcribers:
  deepgram:
    plugin: '@sidetone/plugin-deepgram'
    options:
      apiKey: \${DEEPGRAM_API_KEY}
      language: en`;

/** Returns the environment variables that a file needs, in their order. */
export const variablesIn = (text: string): readonly string[] => [
  ...new Set(
    [...text.matchAll(/\$\{([A-Z_]+)\}/g)].map(([, name]) => name!).filter((name) => name !== 'NAME'),
  ),
];
