/** Words for calls whose provider tells none: raw audio goes to a Deepgram that really listens to it, and comes back as text. */
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

/** A call before the one that counts: programs that have just started stall while they warm up, and what is late is not heard. */
async function warmUp({ cloud, daemon }: World): Promise<void> {
  const theirs = await cloud.startCall('vobiz', 'brief');
  await until(
    async () => (await callOf(daemon.url, theirs))?.status === 'ENDED',
    'the first call ends',
    30_000,
  );
}

const FIELDS = `id status transcription { transcriber { id state } state code message }
  utterances { nodes { id party text startMs endMs confidence } }`;

const callOf = async (url: string, theirs: string, provider = 'vobiz'): Promise<Json> =>
  (
    await query(
      url,
      `{ callByProviderId(providerId: "${provider}", providerCallId: "${theirs}") { ${FIELDS} } }`,
    )
  ).callByProviderId;

const known = (url: string, theirs: string, provider = 'vobiz'): Promise<Json> =>
  until(() => callOf(url, theirs, provider), 'the call is known');

/** Waits until a call is over and says `last`. */
const over = (url: string, theirs: string, last: RegExp, provider = 'vobiz'): Promise<Json> =>
  until(
    async () => {
      const call = await callOf(url, theirs, provider);
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

/** Whole conversations, in real time. */
const PATIENCE = { timeout: 120_000 };

describe('a Vobiz call', PATIENCE, () => {
  test('has its words, on the right parties, each shown before it is final, and found afterwards', async () => {
    const world = await start();
    const { cloud, daemon } = world;
    await warmUp(world);
    const theirs = await cloud.startCall('vobiz', 'pizza');
    const { id } = await known(daemon.url, theirs);
    const transcript = collect(
      connect(daemon.url),
      'subscription ($id: ID!) { transcript(callId: $id) { cursor utterance { id text isFinal party } } }',
      { id },
    );
    const call = await over(daemon.url, theirs, /pick it up/);
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
    // A sentence may be over before a second of it has been heard; most are not.
    const finals = shown.filter(({ isFinal }) => isFinal);
    expect(finals.map(({ text }) => text)).toEqual(call.utterances.nodes.map(({ text }: Json) => text));
    expect(finals.filter(isShownFirst).length).toBeGreaterThanOrEqual(4);

    const offsets = (call.utterances.nodes as Json[]).map(({ startMs, endMs }) => [startMs, endMs]);
    for (const [startMs, endMs] of offsets) expect(startMs).toBeLessThan(endMs);
    expect(offsets.flat()).toEqual(offsets.flat().toSorted((a, b) => a - b));

    const found = await query(
      daemon.url,
      '{ searchTranscripts(query: "lemonade") { nodes { snippet utterance { call { id } } } } }',
    );
    expect(found.searchTranscripts.nodes).toEqual([
      { snippet: 'Two bottles of [lemonade], please.', utterance: { call: { id } } },
    ]);
    expect(daemon.stderr()).toBe('');
  });

  test('loses no word, and says none twice, when the transcriber is cut off three times', async () => {
    const world = await start();
    const { cloud, daemon } = world;
    await warmUp(world);
    const theirs = await cloud.startCall('vobiz', 'pizza');
    for (const after of [/would you like/, /green salad/, /lemonade/]) {
      await until(
        async () => after.test(linesOf(await callOf(daemon.url, theirs)).join('\n')),
        `${String(after)} is said`,
        30_000,
      );
      expect(await cut(cloud)).toEqual({ cut: 1 });
    }
    const call = await over(daemon.url, theirs, /Bye/);
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

  test('says why when the key is not accepted, and goes on without', async () => {
    const { cloud, daemon } = await start({ apiKey: 'another-key' });
    const theirs = await cloud.startCall('vobiz', 'hello');
    const call = await until(async () => {
      const it = await callOf(daemon.url, theirs);
      return it?.transcription?.state === 'FAILED' ? it : undefined;
    }, 'the transcription has failed');
    expect(call.transcription).toMatchObject({
      code: 'DEEPGRAM_UNAUTHORIZED',
      message: expect.stringMatching(/key/) as string,
    });
    await until(async () => (await callOf(daemon.url, theirs)).status === 'ENDED', 'the call ends', 30_000);
    expect(daemon.stderr() + daemon.stdout()).not.toContain('another-key');
  });
});

describe('one call', PATIENCE, () => {
  const transcribe = (url: string, id: string, on: boolean): Promise<Json> =>
    query(
      url,
      'mutation ($id: ID!, $on: Boolean!) { transcribe(callId: $id, on: $on) { transcription { state } } }',
      { id, on },
    );

  test('is transcribed on request, and no longer', async () => {
    const { cloud, daemon } = await start({}, 'off');
    const theirs = await cloud.startCall('vobiz', 'pizza');
    const call = await until(async () => {
      const it = await callOf(daemon.url, theirs);
      const { capabilities } = it
        ? (await query(daemon.url, `{ call(id: "${it.id}") { capabilities } }`)).call
        : {};
      return capabilities?.includes('LISTEN') ? it : undefined;
    }, 'the call can be heard');
    expect(call.transcription).toBeNull();
    const on = await transcribe(daemon.url, call.id, true);
    expect(on.transcribe.transcription.state).toBe('CONNECTING');
    await until(
      async () => /green salad/.test(linesOf(await callOf(daemon.url, theirs)).join('\n')),
      'the words come',
      30_000,
    );
    const off = await transcribe(daemon.url, call.id, false);
    expect(off.transcribe.transcription.state).toBe('STOPPED');
    await until(async () => (await callOf(daemon.url, theirs)).status === 'ENDED', 'the call ends', 30_000);
    expect(linesOf(await callOf(daemon.url, theirs)).join('\n')).not.toMatch(/twenty three|Bye/);
  });

  test('whose provider tells words is left to it, unless told otherwise: then its words are the transcriber’s alone', async () => {
    const world = await start();
    const { cloud, daemon } = world;
    await warmUp(world);
    const theirs = await cloud.startCall('vapi', 'pizza');
    const { id } = await known(daemon.url, theirs, 'vapi');
    await until(
      async () => linesOf(await callOf(daemon.url, theirs, 'vapi')).length > 0,
      'the provider tells words',
      30_000,
    );
    expect((await callOf(daemon.url, theirs, 'vapi')).transcription).toBeNull();
    await transcribe(daemon.url, id, true);
    const call = await until(
      async () => {
        const it = await callOf(daemon.url, theirs, 'vapi');
        return it.status === 'ENDED' && (await cloud.state(theirs)).over ? it : undefined;
      },
      'the call is over and reported',
      60_000,
    );
    const lines = linesOf(call);
    expect(new Set(lines).size).toBe(lines.length);
    expect(wordsIn(lines).filter((word) => word === 'euros').length).toBeLessThanOrEqual(1);
    // The provider does not say how sure it is of its words; the transcriber does.
    const tellers = (call.utterances.nodes as Json[]).map(({ confidence }) => confidence !== null);
    expect(tellers[0]).toBe(false);
    expect(tellers).toContain(true);
    expect(tellers.lastIndexOf(false)).toBeLessThan(tellers.indexOf(true));
  });
});

test('a daemon that is killed takes up the transcripts of its live calls again', PATIENCE, async () => {
  const { cloud, daemon, config } = await start();
  const theirs = await cloud.startCall('vobiz', 'plumber');
  await until(
    async () => /dripping/.test(linesOf(await callOf(daemon.url, theirs)).join('\n')),
    'the first words are stored',
    30_000,
  );
  const before = linesOf(await callOf(daemon.url, theirs));
  const port = new URL(daemon.url).port;
  await daemon.end('SIGKILL');
  const again = await startDaemon(config, port);
  expect(linesOf(await callOf(again.url, theirs))).toEqual(before);
  const call = await over(again.url, theirs, /Goodbye/);
  expect(linesOf(call).slice(0, before.length)).toEqual(before);
  expect(new Set(linesOf(call)).size).toBe(linesOf(call).length);
});
