/** Transcription of whole calls: by turns, across broken connections, and beside the transcript of the provider. */
import { describe, expect, test } from 'vitest';
import { collect, connect, query, until, type Json } from '../support/daemon.ts';
import {
  callOf,
  cut,
  known,
  linesOf,
  over,
  PIZZA,
  start,
  transcribe,
  warmUp,
  wordsIn,
} from '../support/transcripts.ts';

describe('a Flux model', () => {
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

describe('a Vobiz call', () => {
  test("loses and repeats no word when the transcriber's connection breaks three times", async () => {
    const world = await start();
    const { cloud, daemon } = world;
    await warmUp(world);
    const providerCallId = await cloud.startCall('vobiz', 'pizza');
    for (const after of [/would you like/, /green salad/, /lemonade/]) {
      await until(
        async () => after.test(linesOf(await callOf(daemon.url, providerCallId)).join('\n')),
        `${String(after)} in the transcript`,
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
});

describe('a single call', () => {
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
    const call = await until(async () => {
      const it = await callOf(daemon.url, providerCallId, 'vapi');
      return it.status === 'ENDED' && (await cloud.state(providerCallId)).over ? it : undefined;
    }, 'the report of the call');
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
