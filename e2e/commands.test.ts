/** Runs the commands of the README, of the guide to operation and of the reference pages as these show them, with one daemon. */
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { follow, type FollowedDocument } from '../test/support/commands.ts';
import { startDaemon, until, writeConfig, type Json } from './support/daemon.ts';
import { serve } from './support/http-server.ts';
import { freePort } from './support/ports.ts';
import { simulator } from './support/process.ts';
import { folderWithPrograms, shell, type ShellOptions, type ShellResult } from './support/shell.ts';
import { toneWav } from './support/tone.ts';

const SECRET = 'a7f3c0de5b1e4d0f9a8b7c6d5e4f3a2b';
/** The commands that run at once: each starts a process. */
const AT_ONCE = 3;
const DONE = { code: 0 };
const PAGES = [
  'README.md',
  'docs/guide/operate.md',
  'docs/guide/troubleshoot.md',
  'docs/guide/capture-a-call.md',
  'docs/reference/audit.md',
  'docs/reference/cli.md',
] as const;
const FIRST_TOKEN = 'sidetone token create admin --scope admin --database ./data/sidetone.db';
/** The assistant of the simulated Vapi. */
const ASSISTANT = 'a3c9e7f1-4b58-4d02-8f6e-7d15b02c98ab';

interface World {
  readonly folder: string;
  readonly url: string;
  /** Runs a command, by default in the folder of the daemon. */
  readonly run: (command: string, options?: ShellOptions, cwd?: string) => Promise<ShellResult>;
  readonly ask: (text: string) => Promise<Json>;
  /** Starts a call and returns its ids as soon as it can be controlled and listened to. */
  readonly startCall: (provider: 'vapi' | 'vobiz', script?: string) => Promise<StartedCall>;
  readonly hangUp: (providerCallId: string) => Promise<void>;
}

interface StartedCall {
  readonly id: string;
  readonly providerCallId: string;
}

const VOBIZ_STAYS = { patienceMs: 60_000 };

/** Starts a daemon whose first token is created as the guide says. */
async function createWorld(createToken: string): Promise<World> {
  const [folder, cloud, port] = [folderWithPrograms(), await simulator(), await freePort()];
  const data = join(folder, 'data');
  const config = writeConfig(folder, cloud, {
    server: `{ port: ${port} }`,
    extra: `recording: { enabled: true, path: '${join(data, 'recordings')}' }`,
    vapi: { webhook: { secret: SECRET } },
    deepgram: {},
  });
  const text = readFileSync(config, 'utf8')
    .replace(join(folder, 'sidetone.db'), join(data, 'sidetone.db'))
    .replace(/plugin: '@sidetone\/plugin-(vapi|vobiz)'/g, `$&\n    capture: '${join(folder, '$1.jsonl')}'`);
  writeFileSync(config, text);
  const env: Record<string, string> = { SIDETONE_URL: `http://127.0.0.1:${port}/`, HOME: folder };
  const run: World['run'] = (command, options, cwd = folder) => shell(cwd, command, { ...options, env });

  const created = await run(createToken);
  expect(created).toMatchObject({ code: 0, stdout: expect.stringMatching(/^sidetone_\S+\n$/) });
  const token = created.stdout.trim();
  env['SIDETONE_TOKEN'] = token;
  const { url } = await startDaemon(config, String(port));
  await cloud.send('PUT', 'targets', {
    vapiWebhook: `${url}providers/vapi/webhook`,
    vapiWebhookSecret: SECRET,
    vobizAnswer: `${url}providers/vobiz/answer`,
    vobizHangup: `${url}providers/vobiz/hangup`,
  });
  const ask: World['ask'] = async (query) => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
    const response = await fetch(`${url}graphql`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ query }),
    });
    const { data: answer, errors }: Json = await response.json();
    expect(errors).toBe(undefined);
    return answer;
  };
  const startCall: World['startCall'] = async (provider, script = 'renewal') => {
    const providerCallId = await cloud.startCall(provider, script, provider === 'vobiz' ? VOBIZ_STAYS : {});
    const known = `callByProviderId(providerId: "${provider}", providerCallId: "${providerCallId}")`;
    const { id } = await until(async () => {
      const { callByProviderId: call } = await ask(`{ ${known} { id capabilities listenUrl } }`);
      return call?.capabilities.includes('SAY') && call.listenUrl ? call : undefined;
    }, `a live call of ${provider}`);
    return { id, providerCallId };
  };
  const hangUp: World['hangUp'] = async (providerCallId) =>
    void (await cloud.send('POST', `calls/${providerCallId}/hangup`, {}));
  return { folder, url, run, ask, startCall, hangUp };
}

/** Runs commands, a few at once. @throws for the first one that fails */
async function runAll(
  commands: readonly string[],
  run: (command: string) => Promise<ShellResult>,
): Promise<void> {
  const waiting = [...commands];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
      expect(await run(next), next).toMatchObject(DONE);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

/** A new installation: the configuration is written, checked and run. */
async function setUp({ folder, run }: World, pages: FollowedDocument): Promise<void> {
  const [first, vapi] = [join(folder, 'first'), join(folder, 'vapi')];
  for (const each of [first, vapi]) mkdirSync(each);
  const wrote = { code: 0, stderr: expect.stringContaining('wrote sidetone.yaml') };
  expect(await run(pages.take('sidetone init'), {}, first)).toMatchObject(wrote);
  expect(await run(pages.take('sidetone init --provider'), {}, vapi)).toMatchObject(wrote);
  const file = join(first, 'sidetone.yaml');
  writeFileSync(file, readFileSync(file, 'utf8').replace('port: 4000', `port: ${await freePort()}`));

  expect(await run(pages.take('sidetone check'), {}, first)).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('ok    configuration: sidetone.yaml'),
  });
  const withFile = pages.take('sidetone start --config').replace('/etc/sidetone', first);
  for (const command of [pages.take('sidetone start'), withFile])
    expect(await run(command, { until: /listens at/ }, first)).toMatchObject(DONE);
  const demo = `${pages.take('sidetone demo')} --port 0`;
  expect(await run(demo, { until: /GraphiQL\s+http/ }, first)).toMatchObject(DONE);
}

/** The commands that need no daemon. */
async function useTools({ folder, run }: World, pages: FollowedDocument): Promise<void> {
  symlinkSync(resolve('examples/echo-provider'), join(folder, 'my-plugin'));
  mkdirSync(join(folder, '.config/fish/completions'), { recursive: true });
  const completion = `${pages.take('source <(sidetone completion bash)')}; complete -p sidetone`;
  expect((await run(completion)).stdout).toMatch(/^complete .*sidetone/);
  writeFileSync(join(folder, 'options.yaml'), 'secret: parrot-7f3a\n');
  const develop = [
    run(`${pages.take('sidetone dev')} --port 0`, { until: /listens at/ }, join(folder, 'my-plugin')),
    run(`${pages.take('sidetone dev ./my-plugin')} --port 0`, { until: /listens at/ }),
  ];
  expect(await Promise.all(develop)).toMatchObject([DONE, DONE]);
  await runAll([pages.take('sidetone completion fish'), pages.take('sidetone conform')], run);
  expect(readdirSync(join(folder, '.config/fish/completions'))).toEqual(['sidetone.fish']);
}

async function manageTokens({ run }: World, pages: FollowedDocument): Promise<void> {
  const created = await run(pages.take('sidetone token create ada'));
  expect(created).toMatchObject({ code: 0, stdout: expect.stringMatching(/^sidetone_/) });
  const list = pages.take('sidetone token list');
  expect((await run(list)).stdout).toMatch(/^ada .*read,listen .*active/m);
  expect(await run(pages.take('sidetone token revoke ada'))).toMatchObject(DONE);
  expect((await run(list)).stdout).not.toMatch(/^ada .*active/m);
}

/** Controls that calls of Vapi do not have; the others act on one of Vapi. */
const OF_VOBIZ = /^sidetone control (?:clear-audio|play-audio|send-dtmf)/;

/** Live calls are watched and controlled. */
async function control({ run, startCall, hangUp }: World, pages: FollowedDocument): Promise<void> {
  const sound = await serve((_request, response) =>
    response.writeHead(200, { 'content-type': 'audio/wav' }).end(toneWav(440, 300)),
  );
  const commands = pages.takeAll('sidetone control');
  expect(commands.length).toBeGreaterThan(18);
  const watched = await startCall('vobiz');
  const tail = pages.take('sidetone tail --call').replace('call_0199', watched.id);
  await Promise.all([
    run(pages.take('sidetone tail'), { until: /\S/ }),
    run(tail, { until: /^\{"/m }),
    // Each has a call of its own, because some end it, and it ends on a slow machine before the last of them.
    runAll(commands, async (command) => {
      const { id, providerCallId } = await startCall(OF_VOBIZ.test(command) ? 'vobiz' : 'vapi');
      const own = command
        .replace('call_0199', id)
        .replace(/watch-call \S+/, `watch-call ${providerCallId}`)
        .replace('asst_0042', ASSISTANT)
        .replace('https://example.com/', sound);
      const result = await run(own);
      await hangUp(providerCallId);
      return result;
    }),
  ]);
}

/** An ended call is listed, exported, backed up, audited and erased. */
async function useHistory(
  { folder, url, run, ask }: World,
  pages: FollowedDocument,
  id: string,
): Promise<void> {
  const ended = await until(async () => {
    const { call } = await ask(`{ call(id: "${id}") { from to status recording { state } } }`);
    return call.status === 'ENDED' && call.recording?.state === 'COMPLETE' ? call : undefined;
  }, 'the end of the recorded call');
  const here = (command: string): string =>
    command
      .replace('call_0190', id)
      .replace('/backups/', `${folder}/backups/`)
      .replace('http://127.0.0.1:4000/', url);
  const probe = pages.take('curl --include').replace('https://calls.example.com/', url);
  expect((await run(probe)).stdout).toMatch(/^HTTP\/1.1 401 [^]*WEBHOOK_UNAUTHENTICATED/);

  const backUp = pages.takeAll('sidetone backup').map(here);
  const restore = pages.takeAll('sidetone restore').map(here);
  const erase = pages.takeAll('sidetone erase');
  await runAll(
    [
      ...pages.takeAll('sidetone calls'),
      ...pages.takeAll('sidetone inspect'),
      ...pages.takeAll('sidetone backfill'),
      // The token is in the environment.
      pages.take('SIDETONE_TOKEN=').replace('SIDETONE_TOKEN=... ', ''),
      ...pages.takeAll('sidetone export').map(here),
      ...pages.takeAll('sidetone audit').map(here),
      ...pages.takeAll('sidetone check'),
      ...backUp,
    ],
    run,
  );
  expect(readFileSync(join(folder, 'call.flac'), 'latin1').slice(0, 4)).toBe('fLaC');
  expect(readFileSync(join(folder, 'call.vtt'), 'utf8')).toMatch(/^WEBVTT/);
  mkdirSync(join(folder, 'elsewhere'));
  await runAll(restore, (command) => run(command, {}, join(folder, 'elsewhere')));

  const number = String(ended.from ?? ended.to);
  writeFileSync(join(folder, 'number.txt'), number);
  for (const command of erase) expect(await run(command, { input: number }), command).toMatchObject(DONE);
  expect(await ask(`{ call(id: "${id}") { id } }`)).toEqual({ call: null });
}

/** A plugin that reports the end of each call as unknown. */
const BROKEN = (name: string): string => `
import plugin from '${name}';
const change = (event) => (event.type === 'call.ended' ? { ...event, end: { category: 'UNKNOWN', code: 'x' } } : event);
export default { ...plugin, create: (options, host) => plugin.create(options, { ...host, emit: (event) => host.emit(change(event)) }) };
`;

/** Calls of both providers become tests, which pass, and fail for a plugin that behaves differently. */
async function makeTests({ folder, run }: World, pages: FollowedDocument, vapiCall: string): Promise<void> {
  symlinkSync(resolve('node_modules/@sidetone'), join(folder, 'node_modules/@sidetone'));
  const list = pages.take('sidetone capture bell.jsonl');
  const make = pages.take('sidetone capture bell.jsonl --call');
  const play = pages.take('node --test');
  const about = (command: string, provider: string, call: string): string =>
    command
      .replace('bell.jsonl', `${provider}.jsonl`)
      .replace('--call b-17', `--call ${call} --plugin @sidetone/plugin-${provider}`)
      .replace('b-17.test.js', `${provider}.test.mjs`);
  const vobizCalls = JSON.parse((await run(`${about(list, 'vobiz', '')} --json`)).stdout) as {
    id: string;
    hasEnded: boolean;
  }[];
  expect((await run(about(list, 'vapi', ''))).stdout).toContain(vapiCall);
  for (const [provider, call] of [
    ['vapi', vapiCall],
    ['vobiz', vobizCalls.find(({ hasEnded }) => hasEnded)!.id],
  ] as const) {
    expect(await run(about(make, provider, call))).toMatchObject({ ...DONE, stderr: '' });
    expect(await run(about(play, provider, call)), provider).toMatchObject(DONE);
    const [file, name] = [join(folder, `${provider}.test.mjs`), `@sidetone/plugin-${provider}`];
    writeFileSync(join(folder, 'broken.mjs'), BROKEN(name));
    writeFileSync(file, readFileSync(file, 'utf8').replace(`from '${name}'`, "from './broken.mjs'"));
    expect(await run(about(play, provider, call)), provider).toMatchObject({ code: 1 });
  }
}

test(
  'README.md, operate.md, troubleshoot.md, capture-a-call.md, audit.md and cli.md: all commands',
  { timeout: 240_000 },
  async () => {
    const pages = follow(...PAGES);
    const world = await createWorld(pages.take(FIRST_TOKEN));
    // It plays while the commands run that need no call.
    const recorded = await world.startCall('vapi', 'hello');
    await setUp(world, pages);
    await useTools(world, pages);
    await manageTokens(world, pages);
    await control(world, pages);
    await makeTests(world, pages, recorded.providerCallId);
    await useHistory(world, pages, recorded.id);
  },
);
