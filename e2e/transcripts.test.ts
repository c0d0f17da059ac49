/** Transcription of calls without a provider transcript: the simulated Deepgram recognises the real audio of the call. */
import { describe, expect, test } from 'vitest';
import {
  collect,
  connect,
  query,
  startDaemon,
  tempDir,
  until,
  writeConfig,
  type DaemonRun,
  type Json,
} from './support/daemon.ts';
import { simulator, type SimulatorRun } from './support/process.ts';

interface World {
  readonly cloud: SimulatorRun;
  readonly daemon: DaemonRun;
  readonly config: string;
}

async function start(deepgram: Record<string, unknown> = {}, transcribe = 'auto'): Promise<World> {
  const cloud = await simulator();
  const config = writeConfig(tempDir(), cloud, { extra: 'log: { level: warn }', deepgram, transcribe });
  const daemon = await startDaemon(config);
  await cloud.pointAt(daemon.url);
  return { cloud, daemon, config };
}

/** Runs a first call to warm up, because processes that have just started stall, and late audio is lost. */
async function warmUp({ cloud, daemon }: World): Promise<void> {
  const providerCallId = await cloud.startCall('vobiz', 'brief');
  await until(
    async () => (await callOf(daemon.url, providerCallId))?.status === 'ENDED',
    'the end of the first call',
    30_000,
  );
}

const FIELDS = `id status transcription { transcriber { id state } state code message }
  utterances { nodes { id party text startMs endMs confidence } }`;

const callOf = async (url: string, providerCallId: string, provider = 'vobiz'): Promise<Json> =>
  (
    await query(
      url,
      `{ callByProviderId(providerId: "${provider}", providerCallId: "${providerCallId}") { ${FIELDS} } }`,
    )
  ).callByProviderId;

const known = (url: string, providerCallId: string, provider = 'vobiz'): Promise<Json> =>
  until(() => callOf(url, providerCallId, provider), 'the call');

/** Waits until a call has ended and its transcript contains `last`. */
const over = (url: string, providerCallId: string, last: RegExp, provider = 'vobiz'): Promise<Json> =>
  until(
    async () => {
      const call = await callOf(url, providerCallId, provider);
      const words = linesOf(call).join('\n');
      return call?.status === 'ENDED' && last.test(words) ? call : undefined;
    },
    `the call is over, and its transcript has ${String(last)}`,
    60_000,
  );

const linesOf = (call: Json): string[] =>
  ((call?.utterances.nodes ?? []) as Json[]).map(({ party, text }) => `${party}: ${text}`);

const PIZZA = [
  'ASSISTANT: Pizza Roma, what would you like?',
  'CUSTOMER: One large margherita and a green salad.',
  'ASSISTANT: Anything to drink with that?',
  'CUSTOMER: Two bottles of lemonade, please.',
  'ASSISTANT: That is twenty three euros, ready in half an hour.',
  "CUSTOMER: Great, I'll pick it up. Bye.",
];

const wordsIn = (lines: readonly string[]): string[] =>
  lines
    .join(' ')
    .toLowerCase()
    .match(/[a-z']+/g) ?? [];

const cut = (cloud: SimulatorRun): Promise<unknown> => cloud.send('POST', 'deepgram/cut', {});

/** Whole conversations in real time. */
const PATIENCE = { timeout: 120_000 };

describe('a Flux model', PATIENCE, () => {
  test('transcribes both parties by turns, also after its sockets were cut', async () => {
    const world = await start({ model: 'flux-general-en', flux: { eotThreshold: 0.6, eotTimeoutMs: 5000 } });
    const { cloud, daemon } = world;
    await warmUp(world);
    // Turns without a start, as after a reconnect.
    await cloud.send('PUT', 'deepgram/behaviour', { turnStarts: false });
    const providerCallId = await cloud.startCall('vobiz', 'pizza');
    const { id } = await known(daemon.url, providerCallId);
    const transcript = collect(
      connect(daemon.url),
      'subscription ($id: ID!) { transcript(callId: $id) { utterance { id text isFinal party } } }',
      { id },
    );
    await until(
      async () => linesOf(await callOf(daemon.url, providerCallId)).length >= 2 || undefined,
      'the first lines',
      30_000,
    );
    await cut(cloud);
    const call = await over(daemon.url, providerCallId, /pick it up/);
    expect(wordsIn(linesOf(call))).toEqual(wordsIn(PIZZA));
    expect(transcript.items.some((item) => !item.transcript.utterance.isFinal)).toBe(true);
    const sessions = (await (await fetch(`${cloud.url}/simulator/deepgram/sessions`)).json()) as Json[];
    const sockets = sessions.filter(({ query: { model } }) => model[0] === 'flux-general-en');
    // Two parties, each connected again after the cut; and two of the first call.
    expect(sockets.length).toBeGreaterThanOrEqual(6);
    expect(
      sockets.every(({ received }) => received.KeepAlive === undefined && received.Finalize === undefined),
    ).toBe(true);
  });
});

describe('a Vobiz call', PATIENCE, () => {
  test('has its transcript with the right parties, partials before finals, and is searchable', async () => {
    const world = await start();
    const { cloud, daemon } = world;
    await warmUp(world);
    const providerCallId = await cloud.startCall('vobiz', 'pizza');
    const { id } = await known(daemon.url, providerCallId);
    const transcript = collect(
      connect(daemon.url),
      'subscription ($id: ID!) { transcript(callId: $id) { cursor utterance { id text isFinal party } } }',
      { id },
    );
    const call = await over(daemon.url, providerCallId, /pick it up/);
    expect(linesOf(call)).toEqual(PIZZA);
    expect(call.transcription).toMatchObject({
      state: 'STOPPED',
      transcriber: { id: 'deepgram' },
      code: null,
    });

    const shown = transcript.items.map((item) => item.transcript.utterance);
    const isShownFirst = ({ id: final }: Json): boolean => {
      const [first] = shown.filter((each) => each.id === final);
      return first !== undefined && !first.isFinal;
    };
    // A sentence can end within a second, before its first partial; most do not.
    const finals = shown.filter(({ isFinal }) => isFinal);
    expect(finals.map(({ text }) => text)).toEqual(call.utterances.nodes.map(({ text }: Json) => text));
    expect(finals.filter(isShownFirst).length).toBeGreaterThanOrEqual(4);

    const spans = (call.utterances.nodes as Json[]).map(({ startMs, endMs }) => ({ startMs, endMs }));
    for (const { startMs, endMs } of spans) expect(startMs).toBeLessThan(endMs);
    // The parties may overlap: on a slow machine, the simulator sends one later than the other.
    const starts = spans.map(({ startMs }) => startMs);
    expect(starts).toEqual(starts.toSorted((a, b) => a - b));

    const found = await query(
      daemon.url,
      '{ searchTranscripts(query: "lemonade") { nodes { snippet utterance { call { id } } } } }',
    );
    expect(found.searchTranscripts.nodes).toEqual([
      { snippet: 'Two bottles of [lemonade], please.', utterance: { call: { id } } },
    ]);
    expect(daemon.stderr()).not.toMatch(/"level":"error"/);
  });

  test("loses and repeats no word when the transcriber's connection breaks three times", async () => {
    const world = await start();
    const { cloud, daemon } = world;
    await warmUp(world);
    const providerCallId = await cloud.startCall('vobiz', 'pizza');
    for (const after of [/would you like/, /green salad/, /lemonade/]) {
      await until(
        async () => after.test(linesOf(await callOf(daemon.url, providerCallId)).join('\n')),
        `${String(after)} in the transcript`,
        30_000,
      );
      expect(await cut(cloud)).toEqual({ cut: 1 });
    }
    const call = await over(daemon.url, providerCallId, /Bye/);
    expect(wordsIn(linesOf(call))).toEqual(wordsIn(PIZZA));
    const { events } = (
      await query(
        daemon.url,
        `{ call(id: "${call.id}") { events(types: [TRANSCRIPTION_CHANGED, CALL_NOTICE]) { nodes {
          ... on TranscriptionChanged { transcription { state } } ... on CallNotice { code } } } } }`,
      )
    ).call;
    const states = (events.nodes as Json[]).flatMap((event) => event.transcription?.state ?? []);
    expect(states.filter((state) => state === 'RECONNECTING')).toHaveLength(3);
    expect(events.nodes).not.toContainEqual({ code: 'TRANSCRIPT_GAP' });
  });

  test('reports why transcription failed if the key is rejected, and continues', async () => {
    const { cloud, daemon } = await start({ apiKey: 'another-key' });
    const providerCallId = await cloud.startCall('vobiz', 'hello');
    const call = await until(async () => {
      const it = await callOf(daemon.url, providerCallId);
      return it?.transcription?.state === 'FAILED' ? it : undefined;
    }, 'the transcription has failed');
    expect(call.transcription).toMatchObject({
      code: 'DEEPGRAM_UNAUTHORIZED',
      message: expect.stringMatching(/key/) as string,
    });
    await until(
      async () => (await callOf(daemon.url, providerCallId)).status === 'ENDED',
      'the end of the call',
      30_000,
    );
    expect(daemon.stderr() + daemon.stdout()).not.toContain('another-key');
  });
});

describe('a single call', PATIENCE, () => {
  const transcribe = (url: string, id: string, on: boolean): Promise<Json> =>
    query(
      url,
      'mutation ($id: ID!, $on: Boolean!) { transcribe(callId: $id, on: $on) { transcription { state } } }',
      { id, on },
    );

  test('is transcribed from a request to the next one', async () => {
    const { cloud, daemon } = await start({}, 'off');
    const providerCallId = await cloud.startCall('vobiz', 'pizza');
    const call = await until(async () => {
      const it = await callOf(daemon.url, providerCallId);
      const { capabilities } = it
        ? (await query(daemon.url, `{ call(id: "${it.id}") { capabilities } }`)).call
        : {};
      return capabilities?.includes('LISTEN') ? it : undefined;
    }, 'the call to be transcribable');
    expect(call.transcription).toBeNull();
    const on = await transcribe(daemon.url, call.id, true);
    expect(on.transcribe.transcription.state).toBe('CONNECTING');
    await until(
      async () => /green salad/.test(linesOf(await callOf(daemon.url, providerCallId)).join('\n')),
      'the transcript',
      30_000,
    );
    const off = await transcribe(daemon.url, call.id, false);
    expect(off.transcribe.transcription.state).toBe('STOPPED');
    await until(
      async () => (await callOf(daemon.url, providerCallId)).status === 'ENDED',
      'the end of the call',
      30_000,
    );
    expect(linesOf(await callOf(daemon.url, providerCallId)).join('\n')).not.toMatch(/twenty three|Bye/);
  });

  test("with a provider transcript is not transcribed by default; on request, only the transcriber's text is stored", async () => {
    const world = await start();
    const { cloud, daemon } = world;
    await warmUp(world);
    const providerCallId = await cloud.startCall('vapi', 'pizza');
    const { id } = await known(daemon.url, providerCallId, 'vapi');
    await until(
      async () => linesOf(await callOf(daemon.url, providerCallId, 'vapi')).length > 0,
      "the provider's transcript",
      30_000,
    );
    expect((await callOf(daemon.url, providerCallId, 'vapi')).transcription).toBeNull();
    await transcribe(daemon.url, id, true);
    const call = await until(
      async () => {
        const it = await callOf(daemon.url, providerCallId, 'vapi');
        return it.status === 'ENDED' && (await cloud.state(providerCallId)).over ? it : undefined;
      },
      'the report of the call',
      60_000,
    );
    const lines = linesOf(call);
    expect(new Set(lines).size).toBe(lines.length);
    expect(wordsIn(lines).filter((word) => word === 'euros').length).toBeLessThanOrEqual(1);
    // The provider reports no confidence; the transcriber does.
    const tellers = (call.utterances.nodes as Json[]).map(({ confidence }) => confidence !== null);
    expect(tellers[0]).toBe(false);
    expect(tellers).toContain(true);
    expect(tellers.lastIndexOf(false)).toBeLessThan(tellers.indexOf(true));
  });
});

test('a killed daemon resumes the transcription of live calls', PATIENCE, async () => {
  const world = await start();
  const { cloud, daemon, config } = world;
  await warmUp(world);
  const providerCallId = await cloud.startCall('vobiz', 'plumber');
  await until(
    async () => /dripping/.test(linesOf(await callOf(daemon.url, providerCallId)).join('\n')),
    'the first utterance',
    30_000,
  );
  const before = linesOf(await callOf(daemon.url, providerCallId));
  const port = new URL(daemon.url).port;
  await daemon.end('SIGKILL');
  const again = await startDaemon(config, port);
  expect(linesOf(await callOf(again.url, providerCallId))).toEqual(before);
  const call = await over(again.url, providerCallId, /Goodbye/);
  expect(linesOf(call).slice(0, before.length)).toEqual(before);
  expect(new Set(linesOf(call)).size).toBe(linesOf(call).length);
});
