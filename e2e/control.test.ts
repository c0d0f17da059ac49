/** Control of calls of both providers, checked against the simulator. */
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
const STATUS_ORDER = ['REQUESTED', 'ACCEPTED', 'CONFIRMED'];
const inOrder = (a: string, b: string): number => STATUS_ORDER.indexOf(a) - STATUS_ORDER.indexOf(b);
const END =
  'mutation ($id: ID!) { endCall(input: { callId: $id }) { command { status } failure { code message } } }';

test.each(['vapi', 'vobiz'] as const)(
  'speaks into a call of %s and ends it, confirmed by its cloud',
  async (provider) => {
    const cloud = await simulator();
    const daemon = await startDaemon(writeConfig(tempDir(), cloud));
    await cloud.pointAt(daemon.url);
    const events = collect(
      connect(daemon.url),
      'subscription { callEvents { type ... on CallEnded { end { category code } } ... on CommandChanged { commandStatus command { kind } } } }',
    );
    const providerCallId = await cloud.startCall(provider, 'plumber');
    const call = await until(
      async () =>
        (
          await query(
            daemon.url,
            `{ callByProviderId(providerId: "${provider}", providerCallId: "${providerCallId}") { id status capabilities } }`,
          )
        ).callByProviderId,
      'the call',
    );
    await until(
      async () =>
        (
          await query(daemon.url, `{ call(id: "${call.id}") { status capabilities } }`)
        ).call.capabilities.includes('SAY'),
      'a call in progress',
    );

    const result = await query(daemon.url, SAY, { id: call.id, content: 'One moment, please.' });
    expect(result.say).toEqual({ command: { status: 'ACCEPTED' }, failure: null });
    await until(async () => (await cloud.state(providerCallId)).said.length > 0, 'the sentence at the cloud');
    expect(JSON.stringify((await cloud.state(providerCallId)).said)).toContain('One moment, please.');

    // The provider's events can show the end before its response to the request arrives.
    const ended = await query(daemon.url, END, { id: call.id });
    expect(['ACCEPTED', 'CONFIRMED']).toContain(ended.endCall.command.status);
    expect(ended.endCall.failure).toBeNull();
    const seen = (): Json[] => events.items.map((item) => item.callEvents);
    await until(() => seen().some(({ type }) => type === 'CALL_ENDED'), 'the end of the call');
    expect((await cloud.state(providerCallId)).endedReason).toBeTypeOf('string');
    expect(seen().find(({ type }) => type === 'CALL_ENDED').end.category).toBe('OPERATOR_ENDED');
    const statusesOf = (kind: string): string[] =>
      seen().flatMap(({ command, commandStatus }) =>
        command?.kind === kind ? [commandStatus as string] : [],
      );
    await until(() => statusesOf('END_CALL').includes('CONFIRMED'), 'the confirmation');
    expect(statusesOf('END_CALL')).toEqual(statusesOf('END_CALL').toSorted(inOrder));
    expect(statusesOf('SAY').slice(0, 2)).toEqual(['REQUESTED', 'ACCEPTED']);

    const tooLate = await query(daemon.url, SAY, { id: call.id, content: 'Hello?' });
    expect(tooLate.say).toMatchObject({ command: { status: 'REFUSED' }, failure: { code: 'CALL_NOT_LIVE' } });
  },
);

test('stores the transcript of a call in order, with the right parties', async () => {
  const cloud = await simulator();
  const daemon = await startDaemon(writeConfig(tempDir(), cloud));
  await cloud.pointAt(daemon.url);
  const providerCallId = await cloud.startCall('vapi', 'hello');
  const fields = 'status summary transcriptText cost { currency } utterances { nodes { startMs endMs } }';
  const byProviderId = `{ callByProviderId(providerId: "vapi", providerCallId: "${providerCallId}") { ${fields} } }`;
  const call = await until(async () => {
    const { callByProviderId } = await query(daemon.url, byProviderId);
    return callByProviderId?.summary ? callByProviderId : undefined;
  }, 'the report of the call');
  const spoken = (await cloud.state(providerCallId)).transcript;
  const speakers: Record<string, string> = { customer: 'Customer', assistant: 'Assistant' };
  expect(call.transcriptText).toBe(
    spoken.map(({ speaker, text }) => `${speakers[speaker]}: ${text}`).join('\n'),
  );
  expect(call).toMatchObject({ status: 'ENDED', cost: { currency: 'USD' } });
  const starts = (call.utterances.nodes as { startMs: number }[]).map(({ startMs }) => startMs);
  expect(starts).toEqual(starts.toSorted((a, b) => a - b));
});
