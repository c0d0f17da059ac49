/** Runs the built daemon with a simulator, and stock clients. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient, type Client } from 'graphql-ws';
import { WebSocket } from 'ws';
import { onEnd } from './cleanup.ts';
import { PATIENCE_MS } from './patience.ts';
import { freePort } from './ports.ts';
import { sidetone, type RunningProcess, type SimulatorRun } from './process.ts';

export function tempDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'sidetone-e2e-'));
  onEnd(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

type Options = Readonly<Record<string, unknown>>;

const yamlOf = (options: Options): string =>
  Object.entries(options)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `      ${key}: ${JSON.stringify(value)}`)
    .join('\n');

/**
 * Writes a configuration with both providers at the simulator. `vapi`, `vobiz` and `deepgram` are additional options of the
 * plugins; `deepgram` adds the transcriber, and `transcribe` is set for each provider.
 */
export function writeConfig(
  dir: string,
  simulator: Pick<SimulatorRun, 'url'>,
  {
    extra = '',
    server = '{ port: 0 }',
    storage = `{ path: '${join(dir, 'sidetone.db')}' }`,
    vapi = {},
    vobiz = {},
    deepgram,
    transcribe = 'auto',
  }: {
    readonly extra?: string;
    readonly server?: string;
    readonly storage?: string;
    readonly vapi?: Options;
    readonly vobiz?: Options;
    readonly deepgram?: Options;
    readonly transcribe?: string;
  } = {},
): string {
  const setting = deepgram ? `transcribe: ${transcribe}` : '';
  const transcribers = deepgram
    ? `transcribers:
  deepgram:
    plugin: '@sidetone/plugin-deepgram'
    options:
${yamlOf({
  apiKey: 'demo-deepgram-key',
  apiBaseUrl: `${simulator.url.replace(/^http/, 'ws')}/deepgram`,
  ...deepgram,
})}`
    : '';
  const file = join(dir, 'sidetone.yaml');
  writeFileSync(
    file,
    `server: ${server}
outgoing: { allowedHosts: ['127.0.0.1'] }
storage: ${storage}
${extra}
providers:
  vapi:
    plugin: '@sidetone/plugin-vapi'
    ${setting}
    options:
      apiKey: demo-vapi-key
      apiBaseUrl: ${simulator.url}/vapi
      monitorHosts: ['${new URL(simulator.url).host}']
${yamlOf(vapi)}
  vobiz:
    plugin: '@sidetone/plugin-vobiz'
    ${setting}
    options:
${yamlOf({
  authId: 'MA_DEMO',
  authToken: 'demo-vobiz-token',
  apiBaseUrl: `${simulator.url}/vobiz/api/v1`,
  answer: { mode: 'tap', dial: '+918000000001' },
  ...vobiz,
})}
${transcribers}
`,
  );
  return file;
}

/** Returns the lines of an output, without those about the speed of the machine. */
export const problemsIn = (output: string): string[] =>
  output.split('\n').filter((line) => line !== '' && !line.includes('event loop blocked'));

export interface DaemonRun extends RunningProcess {
  readonly url: string;
}

/** Starts the daemon and waits until it listens. Default for the port: a free one, on which it can be restarted. */
export async function startDaemon(
  config: string,
  port?: string,
  env?: Record<string, string>,
): Promise<DaemonRun> {
  const args = ['start', '--config', config, '--port', port ?? String(await freePort())];
  const process = sidetone(args, env);
  const [, url] = await process.saw(/listens at (http\S+)/);
  return { ...process, url: url! };
}

// oxlint-disable-next-line typescript/no-explicit-any -- responses are not typed in tests
export type Json = any;

/** Sends a GraphQL query over HTTP. @throws if the response has errors */
export async function query(
  url: string,
  text: string,
  variables: Record<string, unknown> = {},
  headers: Record<string, string> = {},
): Promise<Json> {
  const response = await fetch(new URL('graphql', url), {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query: text, variables }),
  });
  const { data, errors } = (await response.json()) as { data: Json; errors?: unknown };
  if (errors) throw new Error(JSON.stringify(errors));
  return data;
}

/** Creates a stock graphql-ws client that does not reconnect. */
export function connect(url: string): Client {
  const socketUrl = new URL('graphql', url.replace(/^http/, 'ws')).href;
  const client = createClient({ url: socketUrl, webSocketImpl: WebSocket, retryAttempts: 0 });
  onEnd(() => client.dispose());
  return client;
}

/** Collects the items of a subscription until `stop` is called. */
export function collect(
  client: Client,
  text: string,
  variables: Record<string, unknown> = {},
): { items: Json[]; stop: () => void } {
  const items: Json[] = [];
  const stop = client.subscribe(
    { query: text, variables },
    { next: ({ data }) => void items.push(data), error: () => undefined, complete: () => undefined },
  );
  return { items, stop };
}

/** Pauses between checks of a condition, ms. They grow, because queries take CPU time from the calls. */
const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 150;

/** Waits until a condition is truthy, and returns its value. */
export async function until<Value>(
  condition: () => Value | Promise<Value>,
  what: string,
  withinMs = PATIENCE_MS,
): Promise<NonNullable<Value>> {
  const deadline = Date.now() + withinMs;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 1.2, LONGEST_PAUSE_MS)) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > deadline) throw new Error(`timed out after ${withinMs} ms waiting for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}
