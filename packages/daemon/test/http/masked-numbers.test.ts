/** A client whose token masks numbers receives none of them, and cannot find them out. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createClient } from 'graphql-ws';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { nextOf, startTestDaemon, until, type GraphqlAnswer } from '../support/daemon.ts';
import { event } from '../support/harness.ts';
import { tempDir } from '../support/temp-dir.ts';

const root = tempDir();
let count = 0;
const [MASKED, SEEING, ADMIN] = [
  'masked-token-0123456789',
  'seeing-token-0123456789',
  'admin-token-0123456789',
];
const DIGITS = '9876543210';
const auth = {
  tokens: [
    { name: 'masked', token: MASKED, scopes: ['read', 'control', 'masked-numbers'] },
    { name: 'seeing', token: SEEING, scopes: ['read', 'control'] },
    { name: 'admin', token: ADMIN, scopes: ['admin', 'masked-numbers'] },
  ],
};
const EVERYTHING = `
  from to summary transcriptText providerData notes { text }
  utterances { nodes { text } }
  commands { nodes { arguments failure { message } } }
  events(first: 50) { nodes { ... on TransferStarted { destination } ... on DtmfReceived { digits } ... on CommandChanged { command { arguments } } ... on CallNotice { message } ... on UtteranceFinalized { utterance { text } } call { from } } }`;

async function start(name: string) {
  const dir = join(root, name);
  mkdirSync(dir);
  const it = await startTestDaemon(dir, { auth });
  const query = async (token: string, text: string): Promise<GraphqlAnswer> => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
    const response = await fetch(it.url('graphql'), {
      method: 'POST',
      headers,
      body: JSON.stringify({ query: text }),
    });
    return (await response.json()) as GraphqlAnswer;
  };
  const subscribe = (token: string, text: string) => {
    const client = createClient({
      url: `${it.daemon.url.href.replace('http', 'ws')}graphql`,
      webSocketImpl: WebSocket,
      retryAttempts: 0,
      connectionParams: { authorization: `Bearer ${token}` },
    });
    onTestFinished(() => client.dispose());
    return client.iterate({ query: text }) as AsyncIterableIterator<Partial<GraphqlAnswer>>;
  };
  const details = {
    from: `+91${DIGITS}`,
    to: '+911112223334',
    providerData: { customer: { number: `+91${DIGITS}` } },
  };
  it.emit(event('call.started', { status: 'IN_PROGRESS', details }));
  it.emit(event('utterance.final', { party: 'CUSTOMER', text: `I am at ${DIGITS}` }));
  it.emit(event('transfer.started', { destination: `sip:+91${DIGITS}@example.com` }));
  it.emit(event('dtmf', { digits: DIGITS }));
  await it.committed();
  return { it, query, subscribe };
}

test('queries mask numbers in every field; other tokens see them as before', async () => {
  const { query } = await start('queries');
  const { data } = await query(SEEING, '{ calls { nodes { id } } }');
  const { id } = data.calls.nodes[0] as { id: string };
  const said = await query(
    SEEING,
    `mutation { say(input: { callId: "${id}", content: "call ${DIGITS}" }) { command { arguments } } }`,
  );
  expect(said.errors).toBeUndefined();
  await query(SEEING, `mutation { addNote(callId: "${id}", text: "is ${DIGITS}") { id } }`);
  const masked = await query(
    MASKED,
    `{ call(id: "${id}") { ${EVERYTHING} } searchTranscripts(query: "am") { nodes { snippet utterance { text } } } }`,
  );
  expect(masked.errors).toBeUndefined();
  expect(JSON.stringify(masked)).not.toMatch(/\d{7}/);
  expect(masked.data.call).toMatchObject({ from: '+••••••••••10', to: '+••••••••••34' });
  expect(masked.data.searchTranscripts.nodes[0].snippet).toBe('I [am] at ••••••••10');
  for (const token of [SEEING, ADMIN]) {
    const seen = await query(token, `{ call(id: "${id}") { ${EVERYTHING} } }`);
    expect(seen.data.call.from).toBe(`+91${DIGITS}`);
    expect(JSON.stringify(seen).split(DIGITS).length).toBeGreaterThan(10);
  }
});

test.each([
  '{ calls(filter: { number: "98" }) { totalCount } }',
  `{ calls(filter: { numberIs: "+91${DIGITS}" }) { totalCount } }`,
  '{ calls(filter: { said: "9876" }) { totalCount } }',
  '{ searchTranscripts(query: "98765") { nodes { snippet } } }',
  '{ callStats(filter: { number: "98" }) { calls } }',
])('is no way to find out a number: %s', async (text) => {
  const { query } = await start(`oracle-${count++}`);
  expect((await query(MASKED, text)).errors?.[0]?.extensions['code']).toBe('FORBIDDEN');
  expect((await query(SEEING, text)).errors).toBeUndefined();
});

test('subscriptions that others share are masked too', async () => {
  const { it, subscribe } = await start('subscriptions');
  const text =
    'subscription { callEvents(types: [TRANSFER_STARTED]) { ... on TransferStarted { destination } call { from } } }';
  const readers = [SEEING, MASKED, SEEING].map((token) => subscribe(token, text));
  const received = readers.map((reader) => nextOf(reader));
  await until(() => it.readers() >= 3, 'the subscriptions have started');
  it.emit(event('transfer.started', { destination: `+91${DIGITS}` }));
  const [first, masked, last] = (await Promise.all(received)).map(({ data }) => data?.callEvents as object);
  expect([first, last]).toEqual(
    [1, 2].map(() => ({ destination: `+91${DIGITS}`, call: { from: `+91${DIGITS}` } })),
  );
  expect(masked).toEqual({ destination: '+••••••••••10', call: { from: '+••••••••••10' } });
  const live = subscribe(MASKED, 'subscription { liveCalls(filter: { number: "98" }) { __typename } }');
  const [error] = (await nextOf(live)).errors ?? [];
  expect(error?.extensions['code']).toBe('FORBIDDEN');
});
