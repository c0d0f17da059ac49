/** Control of calls of both providers, as their clouds see it. */
import { expect, test } from 'vitest';
import {
  collect,
  connect,
  query,
  startDaemon,
  tempDir,
  until,
  writeConfig,
  type Json,
} from './support/daemon.ts';
import { simulator } from './support/process.ts';

const SAY =
  'mutation ($id: ID!, $content: String!) { say(input: { callId: $id, content: $content }) { command { status } failure { code message } } }';
const LIFE = ['REQUESTED', 'ACCEPTED', 'CONFIRMED'];
const inOrderOfLife = (a: string, b: string): number => LIFE.indexOf(a) - LIFE.indexOf(b);
const END =
  'mutation ($id: ID!) { endCall(input: { callId: $id }) { command { status } failure { code message } } }';

test.each(['vapi', 'vobiz'] as const)(
  'a call of %s can be spoken into and ended; its cloud did it and told so',
  async (provider) => {
    const cloud = await simulator();
    const daemon = await startDaemon(writeConfig(tempDir(), cloud));
    await cloud.pointAt(daemon.url);
    const events = collect(
      connect(daemon.url),
      'subscription { callEvents { type ... on CallEnded { end { category code } } ... on CommandChanged { commandStatus command { kind } } } }',
    );
    const theirs = await cloud.startCall(provider, 'plumber');
    const call = await until(
      async () =>
        (
          await query(
            daemon.url,
            `{ callByProviderId(providerId: "${provider}", providerCallId: "${theirs}") { id status capabilities } }`,
          )
        ).callByProviderId,
      'the call is known',
    );
    await until(
      async () =>
        (
          await query(daemon.url, `{ call(id: "${call.id}") { status capabilities } }`)
        ).call.capabilities.includes('SAY'),
      'it is in progress and can be spoken into',
    );

    const said = await query(daemon.url, SAY, { id: call.id, content: 'One moment, please.' });
    expect(said.say).toEqual({ command: { status: 'ACCEPTED' }, failure: null });
    await until(async () => (await cloud.state(theirs)).said.length > 0, 'the cloud was asked to say it');
    expect(JSON.stringify((await cloud.state(theirs)).said)).toContain('One moment, please.');

    // The provider's own events may show the end before its answer to the request has come back.
    const ended = await query(daemon.url, END, { id: call.id });
    expect(['ACCEPTED', 'CONFIRMED']).toContain(ended.endCall.command.status);
    expect(ended.endCall.failure).toBeNull();
    const seen = (): Json[] => events.items.map((item) => item.callEvents);
    await until(() => seen().some(({ type }) => type === 'CALL_ENDED'), 'the provider said that it ended');
    expect((await cloud.state(theirs)).endedReason).toBeTypeOf('string');
    expect(seen().find(({ type }) => type === 'CALL_ENDED').end.category).toBe('OPERATOR_ENDED');
    const lives = (kind: string): string[] =>
      seen().flatMap(({ command, commandStatus }) =>
        command?.kind === kind ? [commandStatus as string] : [],
      );
    await until(() => lives('END_CALL').includes('CONFIRMED'), 'the end is confirmed');
    expect(lives('END_CALL')).toEqual(lives('END_CALL').toSorted(inOrderOfLife));
    expect(lives('SAY').slice(0, 2)).toEqual(['REQUESTED', 'ACCEPTED']);

    const tooLate = await query(daemon.url, SAY, { id: call.id, content: 'Hello?' });
    expect(tooLate.say).toMatchObject({ command: { status: 'REFUSED' }, failure: { code: 'CALL_NOT_LIVE' } });
  },
);

test('the words of a call are those that were spoken in it, in order, by whom', async () => {
  const cloud = await simulator();
  const daemon = await startDaemon(writeConfig(tempDir(), cloud));
  await cloud.pointAt(daemon.url);
  const theirs = await cloud.startCall('vapi', 'hello');
  const fields = 'status summary transcriptText cost { currency } utterances { nodes { startMs endMs } }';
  const byTheirs = `{ callByProviderId(providerId: "vapi", providerCallId: "${theirs}") { ${fields} } }`;
  const call = await until(
    async () => {
      const { callByProviderId } = await query(daemon.url, byTheirs);
      return callByProviderId?.summary ? callByProviderId : undefined;
    },
    'the call was reported',
    25_000,
  );
  const spoken = (await cloud.state(theirs)).transcript;
  const speakers: Record<string, string> = { customer: 'Customer', assistant: 'Assistant' };
  expect(call.transcriptText).toBe(
    spoken.map(({ speaker, text }) => `${speakers[speaker]}: ${text}`).join('\n'),
  );
  expect(call).toMatchObject({ status: 'ENDED', cost: { currency: 'USD' } });
  const starts = (call.utterances.nodes as { startMs: number }[]).map(({ startMs }) => startMs);
  expect(starts).toEqual(starts.toSorted((a, b) => a - b));
});
