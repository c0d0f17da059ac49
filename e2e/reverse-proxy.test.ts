/** The daemon behind nginx and Caddy, with the configurations of the guide, and behind nginx with a minimal one. */
import { readFileSync } from 'node:fs';
import { createClient } from 'graphql-ws';
import { beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { hasBrowser, openPage, SKIP_REASON } from './support/browser.ts';
import { startDaemon, tempDir, until, writeConfig, type DaemonRun, type Json } from './support/daemon.ts';
import { CADDY_SKIP_REASON, hasCaddy, startCaddy } from './support/caddy.ts';
import { hasNginx, NGINX_SKIP_REASON, startNginx } from './support/nginx.ts';
import { freePort } from './support/ports.ts';
import { simulator, type SimulatorRun } from './support/process.ts';

/** With the characters that are not valid in a query without encoding. */
const TOKEN = 'q9+Zk/3f8Lw0aXy7+bT5mQ==';
const HEADERS = { 'content-type': 'application/json', 'x-access-token': TOKEN };

/** The number of connections in the pool, and of rounds of one webhook on each. SIDETONE_PROXY_ROUNDS=63 sends 2,016. */
const POOL = 32;
const ROUNDS = Number(process.env['SIDETONE_PROXY_ROUNDS'] ?? 2);

const KEEPS_PATH = (config: string): string =>
  config.replace('proxy_pass http://sidetone/;', 'proxy_pass http://sidetone;');
const MINIMAL = (config: string): string =>
  config.replace(/location[^]*$/, 'location /sidetone/ { proxy_pass http://sidetone/; }\n}\n');

interface World {
  readonly cloud: SimulatorRun;
  readonly daemon: DaemonRun;
  /** The public URL, with a slash at its end. */
  readonly url: string;
  /** The path of nginx's access log. */
  readonly accessLog?: string | undefined;
}

/** Starts a proxy at a port in front of a daemon. Resolves with the path of its access log, if it has one. */
type StartProxy = (port: number, daemonUrl: string) => Promise<string | undefined>;

const nginx =
  (edit?: (config: string) => string): StartProxy =>
  (port, daemonUrl) =>
    startNginx(port, daemonUrl, edit);
const caddy: StartProxy = async (port, daemonUrl) => {
  await startCaddy(port, daemonUrl);
  return undefined;
};

async function start(startProxy: StartProxy = nginx()): Promise<World> {
  const [cloud, port] = [await simulator(), await freePort()];
  const url = `http://127.0.0.1:${port}/sidetone/`;
  const daemon = await startDaemon(
    writeConfig(tempDir(), cloud, {
      server: `{ port: 0, publicUrl: '${url.slice(0, -1)}', trustedProxies: ['127.0.0.1'] }`,
      extra: `auth: { tokens: [{ name: team, token: '${TOKEN}', scopes: [admin] }] }\nrecording: { enabled: true }\nlog: { level: warn }`,
    }),
  );
  const accessLog = await startProxy(port, daemon.url);
  await cloud.pointAt(url);
  return { cloud, daemon, url, accessLog };
}

async function query(url: string, text: string): Promise<Json> {
  const body = JSON.stringify({ query: text });
  const response = await fetch(`${url}graphql`, { method: 'POST', headers: HEADERS, body });
  return ((await response.json()) as { data: Json }).data;
}

/** Returns a live call of the provider that can be listened to. */
async function liveCall({ cloud, url }: World, provider: 'vapi' | 'vobiz'): Promise<Json> {
  const id = await cloud.startCall(provider, 'plumber');
  const fields = 'id listenUrl';
  return until(async () => {
    const found = `{ callByProviderId(providerId: "${provider}", providerCallId: "${id}") { ${fields} } }`;
    const call = (await query(url, found)).callByProviderId;
    return call?.listenUrl ? call : undefined;
  }, `a call of ${provider}`);
}

/** Resolves with the first event of a subscription over SSE. */
async function firstEvent(url: string): Promise<string> {
  const response = await fetch(`${url}graphql`, {
    method: 'POST',
    headers: { ...HEADERS, accept: 'text/event-stream' },
    body: JSON.stringify({ query: 'subscription { callEvents { __typename } }' }),
  });
  for await (const chunk of response.body!) {
    const text = new TextDecoder().decode(chunk);
    if (text.includes('__typename')) return text;
  }
  throw new Error('the stream ended without an event');
}

/** Checks webhooks, streams of events, subscriptions, listening and recordings of a call of each provider. */
async function expectAllUses(world: World): Promise<void> {
  const client = createClient({
    url: `${world.url.replace('http', 'ws')}graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${TOKEN}` },
    retryAttempts: 0,
  });
  const events = client.iterate({ query: 'subscription { callEvents { __typename } }' });
  const [overSocket, overSse] = [events.next(), firstEvent(world.url)];
  const calls = await Promise.all([liveCall(world, 'vapi'), liveCall(world, 'vobiz')]);
  expect((await overSocket).value).toMatchObject({ data: { callEvents: {} } });
  expect(await overSse).toContain('callEvents');
  await client.dispose();

  for (const [index, { id, listenUrl }] of calls.entries()) {
    // Without a transcriber, only Vapi provides a transcript.
    const isVobiz = index === 1;
    expect(listenUrl).toBe(`${world.url.replace('http', 'ws')}calls/${id}/listen`);
    const socket = new WebSocket(`${listenUrl}?token=${TOKEN}`);
    let bytes = 0;
    socket.on('message', (data: Buffer, isBinary) => (bytes += isBinary ? data.length : 0));
    await until(() => bytes > 16_000, 'audio at the listener');
    socket.terminate();
    const found = await until(async () => {
      const text = `{ call(id: "${id}") { transcriptText recording { url signedUrl { url } } } }`;
      const { call } = await query(world.url, text);
      return call.recording && (isVobiz || call.transcriptText) ? call : undefined;
    }, 'transcript and recording');
    for (const recording of [`${found.recording.url}?token=${TOKEN}`, found.recording.signedUrl.url]) {
      const part = await fetch(recording, { headers: { range: 'bytes=0-43' } });
      expect([part.status, (await part.arrayBuffer()).byteLength]).toEqual([206, 44]);
    }
  }
  if (world.accessLog === undefined) return;
  const logged = readFileSync(world.accessLog, 'utf8');
  expect(logged).toMatch(/"GET \/sidetone\/calls\/\S+\/recording\.wav" 206 44/);
  expect(logged).not.toMatch(/token=|signature=/);
}

test.skipIf(!hasCaddy)(
  `behind Caddy, webhooks, streams, subscriptions and listening work${CADDY_SKIP_REASON}`,
  async () => expectAllUses(await start(caddy)),
);

describe.skipIf(!hasNginx)(`behind nginx${NGINX_SKIP_REASON}`, () => {
  describe.each([
    ['removes', undefined],
    ['keeps', KEEPS_PATH],
  ])('that %s the path', (_what, edit) => {
    let world: World;
    beforeAll(async () => {
      world = await start(nginx(edit));
    });

    test('webhooks, streams, subscriptions and listening work', () => expectAllUses(world));

    test.skipIf(!hasBrowser)(`the pages work${SKIP_REASON}`, async () => {
      const { id } = await liveCall(world, 'vobiz');
      const { page, addresses } = await openPage(world.url);
      await page.getByLabel('Access token').fill(TOKEN);
      await page.keyboard.press('Enter');
      await page.locator(`a[href="/sidetone/calls/${id}"]`).click();
      await page.waitForURL(`${world.url}calls/${id}`);
      await page.reload();
      await page.getByRole('button', { name: 'Listen in' }).click();
      await page.getByText('Listening', { exact: true }).waitFor();
      await page.getByRole('link', { name: 'History' }).click();
      await page.waitForURL(`${world.url}history`);
      await page.goto(`${world.url}history/`);
      expect(page.url()).toBe(`${world.url}history`);

      await page.goto(`${world.url}graphql`);
      await page.locator('.graphiql-execute-button').waitFor();
      await page.getByText('Live calls with their transcripts so far').first().waitFor();
      // A worker that is still loading when the page closes is an error on the page.
      await page.waitForLoadState('networkidle');
      const origins = /^(https?|wss?):/;
      expect(
        addresses.filter(
          (address) => origins.test(address) && !new URL(address).pathname.startsWith('/sidetone/'),
        ),
      ).toEqual([]);
    });
  });

  test(
    'loses no webhook on pooled connections with pauses of about 5 s',
    async () => {
      const { url } = await start();
      let sent = 0;
      const send = async (): Promise<number> => {
        const call = { id: 'c-1', type: 'inboundPhoneCall', customer: { number: '+15005550006' } };
        const transcript = {
          type: 'transcript',
          transcriptType: 'final',
          role: 'user',
          transcript: `line ${sent++}`,
          call,
        };
        const body = JSON.stringify({ message: transcript });
        return (await fetch(`${url}providers/vapi/webhook`, { method: 'POST', headers: HEADERS, body }))
          .status;
      };
      const statuses: number[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        statuses.push(...(await Promise.all(Array.from({ length: POOL }, send))));
        // Around the 5 s after which Node.js closes idle connections by default, and the second that it adds.
        await new Promise((resolve) => setTimeout(resolve, 4900 + ((round * 97) % 1300)));
      }
      expect(statuses.filter((status) => status !== 200)).toEqual([]);
      const { calls } = await query(url, '{ calls(first: 1) { nodes { transcriptText } } }');
      expect(new Set(calls.nodes[0].transcriptText.match(/line \d+/g)).size).toBe(sent);
    },
    10_000 * ROUNDS + 20_000,
  );

  test('without headers for WebSockets, events arrive over SSE, and the handshake is answered with 426', async () => {
    const world = await start(nginx(MINIMAL));
    const event = firstEvent(world.url);
    await liveCall(world, 'vapi');
    expect(await event).toContain('callEvents');
    const socket = new WebSocket(`${world.url.replace('http', 'ws')}graphql`, 'graphql-transport-ws');
    const status = await new Promise((resolve) => {
      socket.once('unexpected-response', (_request, { statusCode }) => resolve(statusCode));
      socket.on('error', () => undefined);
    });
    socket.terminate();
    expect(status).toBe(426);
    await until(() => world.daemon.stderr().includes('UPGRADE_REQUIRED'), 'the warning');
  });
});
