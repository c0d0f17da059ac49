import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import * as tokens from '../../src/tokens.ts';
import { nextOf, startTestDaemon, until, type TestDaemon } from '../support/daemon.ts';
import { event, numberedUtterance } from '../support/harness.ts';
import { tempDir } from '../support/temp-dir.ts';

const root = tempDir();
let count = 0;
let dir: string;
let it: TestDaemon;

beforeEach(async () => {
  dir = join(root, String(count++));
  mkdirSync(dir);
  it = await startTestDaemon(dir);
});

describe('a subscription over graphql-transport-ws', () => {
  test('delivers new events only', async () => {
    it.emit(numberedUtterance(0));
    await it.committed();
    const events = it.subscribe(
      'subscription { callEvents { __typename type cursor at call { providerCallId } ... on UtteranceFinalized { utterance { text } } } }',
    );
    const next = nextOf(events);
    await until(() => it.readers() === 1, 'the subscription started');
    it.emit(numberedUtterance(1));
    expect((await next).data.callEvents).toMatchObject({
      __typename: 'UtteranceFinalized',
      utterance: { text: 'words 1' },
      call: { providerCallId: 'their-call' },
    });
    await events.return!();
  });

  test('resumes after a cursor without duplicates, also after a restart of the daemon', async () => {
    for (let i = 0; i < 10; i++) it.emit(numberedUtterance(i));
    await it.committed();
    const query =
      'subscription ($after: Cursor) { callEvents(after: $after, types: [UTTERANCE_FINALIZED]) { cursor ... on UtteranceFinalized { utterance { text } } } }';
    const zero = (await it.query('{ calls { nodes { events(first: 1) { edges { cursor } } } } }')).data.calls
      .nodes[0].events.edges[0].cursor as string;
    const events = it.subscribe(query, { after: zero });
    let cursor = '';
    for (let i = 0; i < 4; i++) {
      const { callEvents } = (await nextOf(events)).data;
      expect(callEvents.utterance.text).toBe(`words ${i}`);
      cursor = callEvents.cursor as string;
    }
    await events.return!();
    await it.daemon.stop();

    it = await startTestDaemon(dir);
    it.emit(numberedUtterance(10));
    const resumed = it.subscribe(query, { after: cursor });
    const texts: string[] = [];
    for (let i = 4; i <= 10; i++)
      texts.push((await nextOf(resumed)).data.callEvents.utterance.text as string);
    expect(texts).toEqual([4, 5, 6, 7, 8, 9, 10].map((i) => `words ${i}`));
    await resumed.return!();
  });

  test('delivers partials without a cursor and finals with one', async () => {
    const callId = await it.aCall();
    const transcript = it.subscribe(
      'subscription ($id: ID!) { transcript(callId: $id) { cursor utterance { id text isFinal party } } }',
      { id: callId },
    );
    const first = nextOf(transcript);
    await until(
      () => it.daemon.parts.resolve(tokens.LATEST_PARTIALS).watched === 1,
      'the subscription started',
    );
    it.emit(event('utterance.partial', { party: 'CUSTOMER', text: 'hel' }));
    const partial = (await first).data.transcript;
    it.emit(event('utterance.final', { party: 'CUSTOMER', text: 'hello' }));
    const final = (await nextOf(transcript)).data.transcript;
    expect(partial).toMatchObject({ cursor: null, utterance: { text: 'hel', isFinal: false } });
    expect(final).toMatchObject({
      cursor: expect.any(String),
      utterance: { text: 'hello', isFinal: true, id: partial.utterance.id },
    });
    await transcript.return!();
  });

  test.each([
    ['subscription { callEvents(after: "nonsense") { cursor } }', 'CURSOR_INVALID'],
    ['subscription { transcript(callId: "call_x") { cursor } }', 'CALL_NOT_FOUND'],
    ['subscription { audioLevels(intervalMs: 5) { at } }', 'INPUT_INVALID'],
  ])('%s is rejected with a code, and the socket stays open', async (query, code) => {
    const rejected = it.subscribe(query);
    const result = await nextOf(rejected).then(
      ({ errors }) => errors,
      (errors: unknown) => errors,
    );
    expect(result).toMatchObject([{ extensions: { code } }]);
    const fine = it.subscribe('{ latestCursor }');
    expect((await nextOf(fine)).data.latestCursor).toBeTypeOf('string');
  });

  test('releases everything when it is completed and when its socket is terminated', async () => {
    const demand = it.daemon.parts.resolve(tokens.DEMAND);
    const completed = it.subscribe('subscription { audioLevels { at } }');
    void completed.next();
    await until(() => demand.size === 1, 'the first subscription started');
    await completed.return!();
    await until(() => demand.size === 0, 'the first subscription ended');
    const terminated = Array.from({ length: 50 }, () =>
      it
        .subscribe('subscription { callEvents { cursor } }')
        .next()
        .catch(() => undefined),
    );
    await until(() => it.readers() === 50, 'the others started');
    it.client.terminate();
    await until(() => it.readers() === 0, 'the others ended');
    await Promise.all(terminated);
  });
});

test('a subscription over SSE delivers events, and ends with its request', async () => {
  const callId = await it.aCall();
  const abort = new AbortController();
  const response = await fetch(it.url('graphql'), {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({
      query: 'subscription ($id: ID!) { callEvents(callId: $id) { type } }',
      variables: { id: callId },
    }),
    signal: abort.signal,
  });
  await until(() => it.readers() === 1, 'the subscription started');
  it.emit(numberedUtterance(1));
  const reader = response.body!.getReader();
  let text = '';
  while (!text.includes('UTTERANCE_FINALIZED')) text += Buffer.from((await reader.read()).value!).toString();
  abort.abort();
  await until(() => it.readers() === 0, 'the subscription ended');
});
