/** Transcription of calls without a provider transcript: the simulated Deepgram recognises the real audio of the call. */
import { beforeAll, describe, expect, test } from 'vitest';
import { collect, connect, query, startDaemon, until, type Json } from './support/daemon.ts';
import { OUTLIVES_RESTART } from './support/vobiz.ts';
import {
  callOf,
  known,
  linesOf,
  over,
  PIZZA,
  start,
  transcribe,
  warmUp,
  type World,
} from './support/transcripts.ts';

describe('a Vobiz call', () => {
  let world: World;
  beforeAll(async () => {
    world = await start();
    await warmUp(world);
  });

  test('has its transcript with the right parties, partials before finals, and is searchable', async () => {
    const { cloud, daemon } = world;
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

  test('continues to be transcribed after the daemon was killed', async () => {
    const { cloud, daemon, config } = world;
    const providerCallId = await cloud.startCall('vobiz', 'hello', OUTLIVES_RESTART);
    await until(
      async () => /do you close/.test(linesOf(await callOf(daemon.url, providerCallId)).join('\n')),
      'the first utterance',
    );
    const before = linesOf(await callOf(daemon.url, providerCallId));
    const port = new URL(daemon.url).port;
    await daemon.end('SIGKILL');
    const again = await startDaemon(config, port);
    expect(linesOf(await callOf(again.url, providerCallId))).toEqual(before);
    await until(async () => {
      const isOpen = (await cloud.state(providerCallId)).streams.at(-1)!.status === 'open';
      return isOpen && (await callOf(again.url, providerCallId)).transcription.state === 'TRANSCRIBING';
    }, 'the transcription continues');
    await cloud.send('POST', `calls/${providerCallId}/converse`, { script: 'brief' });
    await cloud.send('PUT', `calls/${providerCallId}/behaviour`, { patienceMs: 800 });
    const call = await over(again.url, providerCallId, /CUSTOMER: Goodbye/);
    expect(linesOf(call).slice(0, before.length)).toEqual(before);
    expect(new Set(linesOf(call)).size).toBe(linesOf(call).length);
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
    );
    expect(daemon.stderr() + daemon.stdout()).not.toContain('another-key');
  });
});

describe('a single call', () => {
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
    );
    const off = await transcribe(daemon.url, call.id, false);
    expect(off.transcribe.transcription.state).toBe('STOPPED');
    await until(
      async () => (await callOf(daemon.url, providerCallId)).status === 'ENDED',
      'the end of the call',
    );
    expect(linesOf(await callOf(daemon.url, providerCallId)).join('\n')).not.toMatch(/twenty three|Bye/);
  });
});
