/** Follows guides: writes their files and runs their commands. */
import { execFile, spawn } from 'node:child_process';
import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { blocksOf, follow } from '../test/support/commands.ts';
import { connect, query, startDaemon, tempDir, until, writeConfig, type Json } from './support/daemon.ts';
import { hasNginx, NGINX_SKIP_REASON, startNginx } from './support/nginx.ts';
import { freePort } from './support/ports.ts';
import { sidetone, simulator, stopOnEnd, type SimulatorRun } from './support/process.ts';

const run = promisify(execFile);

/** As in the guide. */
const EVENTS = /`(subscription [^`]*)`/.exec(readFileSync('docs/guide/subscribe.md', 'utf8'))![1]!;

test('subscribe.md: a query, server-sent events, and a client that resumes after both sides were restarted', async () => {
  const [folder, cloud, port] = [tempDir(), await simulator(), String(await freePort())];
  const config = writeConfig(folder, cloud);
  let daemon = await startDaemon(config, port);
  await cloud.pointAt(daemon.url);
  const env = { ...process.env, NODE_OPTIONS: '', SIDETONE_URL: daemon.url, SIDETONE_TOKEN: '' };
  const guide = follow('docs/guide/subscribe.md');
  for (const variable of ['SIDETONE_URL', 'SIDETONE_TOKEN']) guide.take(`export ${variable}=`);
  for (const { file, text } of blocksOf('docs/guide/subscribe.md'))
    if (file) writeFileSync(join(folder, file), text);
  symlinkSync(join(process.cwd(), 'node_modules'), join(folder, 'node_modules'));

  await cloud.startCall('vapi', 'plumber');
  const ask = guide.take('curl --silent --fail-with-body');
  const listed: Json = JSON.parse((await run('bash', ['-c', ask], { env })).stdout);
  expect(listed).toEqual({ data: { calls: { nodes: expect.any(Array) }, latestCursor: expect.any(String) } });

  // curl exits with 28 at its time limit.
  const shorter = guide.take('curl --silent --no-buffer').replace('--max-time 20', '--max-time 4');
  const streamed = await run('bash', ['-c', shorter], { env }).catch((error: Json) => error);
  expect(streamed.stdout).toMatch(/^data: \{"data":\{"callEvents":\{"__typename":"\w+","cursor":"/m);

  const printed: string[] = [];
  const cursorFile = join(folder, 'cursor.txt');
  const start = () => {
    const [program, ...args] = guide.take('node live.mjs').split(' ');
    const child = spawn(program!, args, { cwd: folder, env });
    stopOnEnd(child);
    child.stdout.on('data', (chunk: Buffer) => printed.push(chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => printed.push(`error: ${chunk.toString()}`));
    return child;
  };
  const latest = async (): Promise<string> => (await query(daemon.url, '{ latestCursor }')).latestCursor;

  const first = start();
  await cloud.startCall('vobiz', 'plumber');
  await until(() => existsSync(cursorFile), 'the first event');
  const [firstEvent] = printed.join('').split('\n');
  first.kill();
  await cloud.startCall('vapi', 'plumber');
  start();
  await daemon.end('SIGTERM');
  daemon = await startDaemon(config, port);
  await cloud.startCall('vapi', 'plumber');
  const linesSoFar = (): string[] => printed.join('').trimEnd().split('\n');
  await until(
    async () => linesSoFar().length > 10 && readFileSync(cursorFile, 'utf8') === (await latest()),
    'the last of more than ten events',
  );
  const lines = linesSoFar();
  expect(lines.filter((line) => line.startsWith('error:'))).toEqual([]);
  // One subscription over everything that is stored, without an interruption.
  const all: string[] = [];
  const after = listed.data.latestCursor as string;
  for await (const { data } of connect(daemon.url).iterate<Json>({ query: EVENTS, variables: { after } })) {
    all.push(JSON.stringify(data.callEvents));
    if (all.at(-1) === lines.at(-1)) break;
  }
  expect(lines).toEqual(all.slice(all.indexOf(firstEvent!)));
});

interface Setup {
  readonly provider: 'vapi' | 'vobiz';
  readonly env: Record<string, string>;
  /** What makes the simulator the provider. */
  readonly options: (cloud: SimulatorRun) => object;
  readonly behaviour: Record<string, unknown>;
  /** Whether the call that the last command of the guide printed is complete. */
  readonly isComplete: (call: Json) => boolean;
}

const SECRET = 'a7f3c0de5b1e4d0f9a8b7c6d5e4f3a2b';

const SETUPS: readonly Setup[] = [
  {
    provider: 'vapi',
    env: { VAPI_API_KEY: 'demo-vapi-key', VAPI_WEBHOOK_SECRET: SECRET },
    options: ({ url }) => ({ apiBaseUrl: `${url}/vapi`, monitorHosts: [new URL(url).host] }),
    behaviour: {},
    isComplete: ({ transcriptText }) => transcriptText !== '',
  },
  {
    provider: 'vobiz',
    env: { VOBIZ_AUTH_ID: 'MA_DEMO', VOBIZ_AUTH_TOKEN: 'demo-vobiz-token', VOBIZ_DIAL: '+918000000001' },
    options: ({ url }) => ({ apiBaseUrl: `${url}/vobiz/api/v1` }),
    behaviour: { signature: 'both' },
    isComplete: ({ streams }) => streams.length > 0,
  },
];

test.skipIf(!hasNginx).each(SETUPS)(
  `get started with $provider: the first call, behind nginx${NGINX_SKIP_REASON}`,
  async ({ provider, env, options, behaviour, isComplete }) => {
    const [folder, cloud, port] = [tempDir(), await simulator(), await freePort()];
    const document = `docs/guide/get-started-${provider}.md` as const;
    const guide = follow(document);
    const { text } = blocksOf(document).find(({ file }) => file === 'sidetone.yaml')!;

    const url = `http://127.0.0.1:${port}/sidetone/`;
    const variables: Record<string, string> = {
      ...env,
      SIDETONE_PUBLIC_URL: url.slice(0, -1),
      SIDETONE_TOKEN: 'q9Zk3f8Lw0aXy7bT5mQ1uE4r',
    };
    for (const name of Object.keys(variables)) guide.take(`export ${name}=`);
    const config: Json = parse(text);
    Object.assign(config.providers[provider].options, options(cloud));
    config.outgoing = { allowedHosts: ['127.0.0.1'] };
    config.server.port = await freePort();
    writeFileSync(join(folder, 'sidetone.yaml'), stringify(config));

    await startNginx(port, `http://127.0.0.1:${config.server.port}/`);
    const runCommand = (command: string) =>
      sidetone(command.split(' ').slice(1), { ...variables, NODE_OPTIONS: '' }, { cwd: folder });
    const check = runCommand(guide.take('sidetone check'));
    expect([await check.exit(), check.stdout()]).toEqual([0, expect.stringMatching(/public URL/i)]);
    const daemon = runCommand(guide.take('sidetone start'));
    await daemon.saw(/listens at (http\S+)/);
    await until(
      () => /"provider":"v\w+",.*provider is RUNNING/.test(daemon.stderr()),
      'the state of the provider',
    );
    for (const [, entered] of daemon.stderr().matchAll(/"url":"([^"]+)","msg":"enter this URL/g))
      expect(entered).toMatch(new RegExp(`^${url}providers/${provider}/`));

    await cloud.send('PUT', 'targets', {
      vapiWebhook: `${url}providers/vapi/webhook`,
      vapiWebhookSecret: SECRET,
      vobizAnswer: `${url}providers/vobiz/answer`,
      vobizHangup: `${url}providers/vobiz/hangup`,
    });
    await cloud.startCall(provider, 'plumber', behaviour);
    const ask = guide.take('curl --silent');
    const [call] = await until(async () => {
      const { stdout } = await run('bash', ['-c', ask], {
        env: { ...process.env, ...variables },
      });
      const printed: Json = JSON.parse(stdout);
      const { nodes } = printed.data.calls;
      return nodes.length > 0 && isComplete(nodes[0]) ? nodes : undefined;
    }, 'the first call');
    expect(call).toMatchObject({ provider: { id: provider, state: 'RUNNING' } });
  },
);
