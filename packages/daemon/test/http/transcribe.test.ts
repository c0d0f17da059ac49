/** Transcription through the API. */
import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { providerCallId, type TranscriberEvent } from '@sidetone/core';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import * as tokens from '../../src/tokens.ts';
import { transcriberScript, type TranscriberScript } from '../fixtures/scripted-transcriber.ts';
import { nextOf, startTestDaemon, until, type GraphqlAnswer, type TestDaemon } from '../support/daemon.ts';
import { event } from '../support/harness.ts';
import { tempDir } from '../support/temp-dir.ts';

const root = tempDir();
let count = 0;
let dir: string;
let key: string;
let ear: TranscriberScript;
let it: TestDaemon;

const begin = async (settings: Record<string, unknown> = {}): Promise<void> => {
  const transcribers = { ear: { plugin: './scripted-transcriber.ts', options: { key } } };
  it = await startTestDaemon(dir, { transcribers, ...settings });
};

beforeEach(async () => {
  dir = join(root, String(count++));
  mkdirSync(dir);
  key = randomUUID();
  ear = transcriberScript(key);
});

/** Starts a call with an audio stream. */
async function aCallWithAudio(): Promise<string> {
  const callId = await it.aCall();
  openStream();
  return callId;
}

function openStream() {
  return it.script.host.openStream({
    providerCallId: providerCallId('their-call'),
    encoding: 'pcm_s16le',
    sampleRate: 16_000,
    parties: ['CUSTOMER'],
  });
}

/** Sends 20 ms of silence every 20 ms until the end of the test: a transcriber waits for a stream that stops sending. */
function sendSilence(stream: ReturnType<typeof openStream>): void {
  const timer = setInterval(() => stream.write('CUSTOMER', new Uint8Array(640)), 20);
  onTestFinished(() => clearInterval(timer));
}

/** Starts a call that is being transcribed, and returns a function that emits events of the transcriber. */
async function aTranscribedCall(): Promise<{ callId: string; emit: (event: TranscriberEvent) => void }> {
  const callId = await it.aCall();
  const stream = openStream();
  await transcribe(callId, 'on: true');
  sendSilence(stream);
  await until(() => ear.opened.length > 0, 'the transcriber receives the call');
  return { callId, emit: (event) => ear.opened.at(-1)!.request.emit(event) };
}

const transcribe = (callId: string, rest: string): Promise<GraphqlAnswer> =>
  it.query(
    `mutation ($callId: ID!) {
      transcribe(callId: $callId, ${rest}) {
        id
        transcription { transcriber { id plugin displayName state stateMessage } state since code message }
      }
    }`,
    { callId },
  );
const codesOf = ({ errors }: GraphqlAnswer): unknown[] =>
  (errors ?? []).map(({ extensions: { code, argument } }) => [code, argument]);

const transcribed = (
  type: 'utterance.final' | 'utterance.revised',
  text: string,
  endMs = 40,
): TranscriberEvent => ({
  type,
  party: 'CUSTOMER',
  utteranceId: 'u1',
  text,
  startMs: 20,
  endMs,
});

describe('transcribers', () => {
  test('are listed with their state', async () => {
    await begin();
    expect((await it.query('{ transcribers { id plugin displayName state stateMessage } }')).data).toEqual({
      transcribers: [
        {
          id: 'ear',
          plugin: './scripted-transcriber.ts',
          displayName: 'Scripted transcriber',
          state: 'RUNNING',
          stateMessage: null,
        },
      ],
    });
    ear.start = () => Promise.reject(new Error('no network'));
    await it.daemon.stop();
    await begin();
    const { data } = await it.query('{ transcribers { state stateMessage } }');
    expect(data.transcribers).toEqual([
      { state: 'FAILED', stateMessage: expect.stringContaining('no network') as string },
    ]);
  });

  test('can be empty, and then no call is transcribed', async () => {
    await begin({ transcribers: {} });
    const callId = await it.aCall();
    expect(
      (
        await it.query('query ($id: ID!) { transcribers { id } call(id: $id) { transcription { state } } }', {
          id: callId,
        })
      ).data,
    ).toEqual({ transcribers: [], call: { transcription: null } });
  });
});

describe('transcribe', () => {
  test('starts transcription, and its state is in the call and in events', async () => {
    await begin();
    const callId = await aCallWithAudio();
    const { latestCursor: after } = (await it.query('{ latestCursor }')).data;
    const events = it.subscribe(
      `subscription ($after: Cursor) { callEvents(after: $after, types: [TRANSCRIPTION_CHANGED]) {
        __typename type call { id }
        ... on TranscriptionChanged { by transcription { transcriber { id } state since code message } }
      } }`,
      { after },
    );
    const first = nextOf(events);
    const { data } = await transcribe(callId, 'on: true, language: "en-IN"');
    expect(data.transcribe).toEqual({
      id: callId,
      transcription: {
        transcriber: expect.objectContaining({ id: 'ear', displayName: 'Scripted transcriber' }) as object,
        state: 'CONNECTING',
        since: expect.any(String) as string,
        code: null,
        message: null,
      },
    });
    const started = (await first).data.callEvents;
    expect(started).toEqual({
      __typename: 'TranscriptionChanged',
      type: 'TRANSCRIPTION_CHANGED',
      call: { id: callId },
      by: 'local',
      transcription: {
        transcriber: { id: 'ear' },
        state: 'CONNECTING',
        since: data.transcribe.transcription.since as string,
        code: null,
        message: null,
      },
    });
    sendSilence(openStream());
    await until(() => ear.opened.length === 1, 'the transcriber receives the call');
    expect(ear.opened[0]!.request.language).toBe('en-IN');
    ear.opened[0]!.request.emit({
      type: 'state',
      state: 'FAILED',
      code: 'TRANSCRIBER_BROKEN',
      message: 'it is broken',
    });
    expect((await nextOf(events)).data.callEvents).toMatchObject({
      by: null,
      transcription: { state: 'FAILED', code: 'TRANSCRIBER_BROKEN', message: 'it is broken' },
    });
    const found = await it.query(
      'query ($id: ID!) { call(id: $id) { transcription { state code message transcriber { id } } } }',
      { id: callId },
    );
    expect(found.data.call.transcription).toEqual({
      state: 'FAILED',
      code: 'TRANSCRIBER_BROKEN',
      message: 'it is broken',
      transcriber: { id: 'ear' },
    });
    await events.return?.();
  });

  test('is a change for liveCalls subscriptions', async () => {
    await begin();
    const callId = await aCallWithAudio();
    const live = it.subscribe(
      'subscription { liveCalls { __typename ... on LiveCallChanged { call { id transcription { state } } } } }',
    );
    expect((await nextOf(live)).data.liveCalls.__typename).toBe('LiveCallsSnapshot');
    await transcribe(callId, 'on: true');
    expect((await nextOf(live)).data.liveCalls.call).toEqual({
      id: callId,
      transcription: { state: 'CONNECTING' },
    });
    await live.return?.();
  });

  test('stops transcription', async () => {
    await begin();
    const { callId } = await aTranscribedCall();
    const { data } = await transcribe(callId, 'on: false');
    expect(data.transcribe.transcription.state).toBe('STOPPED');
    expect(ear.opened[0]!.ends).toBe(1);
  });

  test.each([
    ['on: true, transcriber: "unknown"', 'INPUT_INVALID', 'transcriber'],
    ['on: true, language: "in plain English"', 'INPUT_INVALID', 'language'],
    ['on: true, language: ""', 'INPUT_INVALID', 'language'],
  ])('(%s) is rejected with the path of the argument', async (rest, code, argument) => {
    await begin();
    const result = await transcribe(await aCallWithAudio(), rest);
    expect(codesOf(result)).toEqual([[code, argument]]);
  });

  test('is rejected for calls that are unknown, ended or without audio', async () => {
    await begin();
    expect(codesOf(await transcribe('call_x', 'on: true'))).toEqual([['CALL_NOT_FOUND', undefined]]);
    const callId = await it.aCall();
    expect(codesOf(await transcribe(callId, 'on: true'))).toEqual([['CAPABILITY_MISSING', undefined]]);
    it.emit(event('call.ended', { end: { category: 'BUSY' } }));
    await it.committed();
    expect(codesOf(await transcribe(callId, 'on: true'))).toEqual([['CALL_NOT_LIVE', undefined]]);
  });

  test('needs the scope CONTROL, and reading the state needs READ', async () => {
    const tokenOf = (name: string): string => `token-of-${name}-0123456789`;
    const scopes = { reader: ['read'], operator: ['read', 'control'] };
    await begin({
      auth: {
        tokens: Object.entries(scopes).map(([name, has]) => ({ name, token: tokenOf(name), scopes: has })),
      },
    });
    const queryAs = async (name: string, query: string): Promise<GraphqlAnswer> => {
      const response = await fetch(it.url('graphql'), {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${tokenOf(name)}` },
        body: JSON.stringify({ query }),
      });
      return (await response.json()) as GraphqlAnswer;
    };
    it.emit(event('call.status', { status: 'IN_PROGRESS' }, { at: Date.now() }));
    openStream();
    await it.committed();
    const known = await queryAs(
      'reader',
      '{ transcribers { id state } calls { nodes { id transcription { state } } } }',
    );
    expect(known.data).toMatchObject({
      transcribers: [{ id: 'ear', state: 'RUNNING' }],
      calls: { nodes: [{ transcription: null }] },
    });
    const callId = known.data.calls.nodes[0].id as string;
    const mutation = `mutation { transcribe(callId: "${callId}", on: true) { transcription { state } } }`;
    const rejected = await queryAs('reader', mutation);
    expect(rejected.errors).toMatchObject([
      { path: ['transcribe'], extensions: { code: 'FORBIDDEN', scope: 'CONTROL' } },
    ]);
    expect((await queryAs('operator', mutation)).data.transcribe.transcription.state).toBe('CONNECTING');
    const events = await queryAs(
      'reader',
      '{ calls { nodes { events(types: [TRANSCRIPTION_CHANGED]) { nodes { ... on TranscriptionChanged { by } } } } } }',
    );
    expect(events.data.calls.nodes[0].events.nodes).toEqual([{ by: 'operator' }]);
  });
});

test('returns a placeholder for a transcriber that was removed from the configuration', async () => {
  await begin();
  const callId = await aCallWithAudio();
  await transcribe(callId, 'on: true');
  await it.daemon.stop();
  await begin({ transcribers: {} });
  const { data } = await it.query(
    'query ($id: ID!) { call(id: $id) { transcription { transcriber { id displayName plugin state stateMessage } } } }',
    { id: callId },
  );
  expect(data.call.transcription.transcriber).toEqual({
    id: 'ear',
    displayName: 'ear',
    plugin: '',
    state: 'STOPPED',
    stateMessage: 'removed from the configuration',
  });
});

describe('a revised utterance', () => {
  test('is delivered by the transcript with the same id and a cursor of its own', async () => {
    await begin();
    const { callId, emit } = await aTranscribedCall();
    const query =
      'subscription ($id: ID!, $after: Cursor) { transcript(callId: $id, after: $after) { cursor utterance { id text isFinal startMs } } }';
    const transcript = it.subscribe(query, { id: callId });
    const first = nextOf(transcript);
    const partials = it.daemon.parts.resolve(tokens.LATEST_PARTIALS);
    await until(() => partials.watched === 1, 'the subscription started');
    emit({ type: 'utterance.partial', party: 'CUSTOMER', utteranceId: 'u1', text: 'hel' });
    const partial = (await first).data.transcript;
    expect(partial).toMatchObject({ cursor: null, utterance: { text: 'hel', isFinal: false } });
    emit(transcribed('utterance.final', 'hello'));
    const final = (await nextOf(transcript)).data.transcript;
    emit(transcribed('utterance.revised', 'yellow'));
    const revised = (await nextOf(transcript)).data.transcript;
    const { id } = partial.utterance;
    expect([final.utterance, revised.utterance]).toMatchObject([
      { id, text: 'hello', isFinal: true },
      { id, text: 'yellow', isFinal: true },
    ]);
    expect(revised.cursor).not.toBe(final.cursor);
    await transcript.return?.();

    const afterFinal = it.subscribe(query, { id: callId, after: final.cursor as string });
    expect((await nextOf(afterFinal)).data.transcript).toEqual(revised);
    await afterFinal.return?.();
    const afterBoth = it.subscribe(query, { id: callId, after: revised.cursor as string });
    const next = nextOf(afterBoth);
    await until(() => partials.watched === 1, 'the subscription started');
    emit({ ...transcribed('utterance.final', 'good day'), utteranceId: 'u2' } as TranscriberEvent);
    expect((await next).data.transcript.utterance).toMatchObject({ text: 'good day' });
    await afterBoth.return?.();
  });

  test('is an event, and replaces the text of the utterance', async () => {
    await begin();
    const { callId, emit } = await aTranscribedCall();
    emit(transcribed('utterance.final', 'hello'));
    await it.committed();
    const { latestCursor: after } = (await it.query('{ latestCursor }')).data;
    const events = it.subscribe(
      `subscription ($after: Cursor) { callEvents(after: $after, types: [UTTERANCE_REVISED]) {
        __typename type ... on UtteranceRevised { utterance { id text party isFinal call { id } } }
      } }`,
      { after },
    );
    emit(transcribed('utterance.revised', 'yellow'));
    const revised = (await nextOf(events)).data.callEvents;
    expect(revised).toEqual({
      __typename: 'UtteranceRevised',
      type: 'UTTERANCE_REVISED',
      utterance: {
        id: expect.any(String),
        text: 'yellow',
        party: 'CUSTOMER',
        isFinal: true,
        call: { id: callId },
      },
    });
    await events.return?.();
    const { data } = await it.query(
      `query ($id: ID!) {
        call(id: $id) { transcriptText utterances { nodes { id text } } }
        searchTranscripts(query: "yellow") { nodes { snippet } }
        lost: searchTranscripts(query: "hello") { nodes { snippet } }
      }`,
      { id: callId },
    );
    expect(data).toEqual({
      call: {
        transcriptText: 'Customer: yellow',
        utterances: { nodes: [{ id: revised.utterance.id as string, text: 'yellow' }] },
      },
      searchTranscripts: { nodes: [{ snippet: '[yellow]' }] },
      lost: { nodes: [] },
    });
  });
});
