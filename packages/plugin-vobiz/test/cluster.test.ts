/** The nodes of a cluster have an instance each, with one state: every request of a call may arrive at another one. */
import { createHmac } from 'node:crypto';
import { createCommandContext, createControlledCall, createIngressRequest } from '@sidetone/testkit';
import { beforeEach, describe, expect, it } from 'vitest';
import { AUTH, BASE, start, type Harness } from './harness.ts';
import { CALL, form, frame } from './samples.ts';

const call = createControlledCall(CALL);
const context = createCommandContext();
const NUMBER = { number: '+919000000003' };
const PUBLIC = 'https://calls.example.com/providers/fake/';
const KEYLESS = { authId: undefined, authToken: undefined };
const AGENT = {
  ...KEYLESS,
  answer: { mode: 'agent' },
  agentUrl: 'wss://agent.example.net/{callId}?from={from}',
};

let nodes: readonly [Harness, Harness, Harness];

async function startNodes(options: object = {}): Promise<void> {
  const a = await start(options, { isStateShared: true });
  const shared = { clock: a.host.clock, state: a.host.state, isStateShared: true };
  nodes = [a, await start(options, shared), await start(options, shared)];
}

const streamIn = (body: unknown): string => /stream\/[^<]+/.exec(String(body))![0];

/** Opens a socket as the daemon does if the state is shared. */
async function open({ provider, open: openSocket }: Harness, path: string) {
  await provider.ingress!.loadSocket!(createIngressRequest({ method: 'GET', path }));
  const peer = openSocket(path);
  peer.onMessage(() => {});
  return peer;
}

beforeEach(() => startNodes());

describe('a stream', () => {
  it('opens at another node than the one that answered the call, and its URL is the same at all', async () => {
    const [a, b, c] = nodes;
    const path = await a.answer();
    const peer = await open(b, path);
    await peer.send(frame('start_nested_mulaw_8k'));
    expect(b.host.streams).toHaveLength(1);
    expect([await b.answer(), await c.answer()]).toEqual([path, path]);
    await c.provider.loadCall!(call.providerCallId, context.signal);
    expect(c.provider.controlsFor!(call)).toContain('LISTEN');
  });

  it('does not open after its call has ended at another node', async () => {
    const [a, b, c] = nodes;
    const path = await a.answer();
    await open(b, path);
    await c.post('hangup', form('hangup_normal_caller'));
    await expect(open(b, path)).rejects.toThrow('not admitted: 404');
    expect([...a.host.state.entries.keys()].filter((key) => key.startsWith('stream'))).toEqual([]);
  });

  it('has one URL if two nodes answer the same call at once', async () => {
    const bodies = await Promise.all(nodes.map((node) => node.post('answer', form('answer_minimal_fields'))));
    expect(new Set(bodies.map(({ body }) => streamIn(body))).size).toBe(1);
  });
});

describe('a transfer', () => {
  async function transferred({ host, provider }: Harness): Promise<string> {
    const json = { api_id: 'a', message: 'call transferred', call_uuid: CALL };
    host.respond('POST', `${BASE}/Account/${AUTH.authId}/Call/${CALL}/`, { status: 202, json });
    await provider.controls!.transfer!(call, NUMBER, context);
    return (host.requests.at(-1)!.json as { aleg_url: string }).aleg_url.slice(PUBLIC.length);
  }
  const startedAt = (): number[] => nodes.map(({ host }) => host.eventsOf('transfer.started').length);

  it('is requested from another node, and repeated from a third', async () => {
    const [a, b, c] = nodes;
    const path = await transferred(a);
    const first = await b.post(path, form('transfer_url'));
    const second = await c.post(path, form('transfer_url'));
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(second.body).toBe(first.body);
    expect(startedAt()).toEqual([0, 1, 0]);
    expect(await c.post('transfer/unknown', form('transfer_url'))).toMatchObject({ status: 404 });
  });

  it('starts once if it is requested from all nodes at once', async () => {
    const path = await transferred(nodes[0]);
    await Promise.all(nodes.map((node) => node.post(path, form('transfer_url'))));
    expect(startedAt().reduce((sum, each) => sum + each)).toBe(1);
  });
});

describe('a relayed call', () => {
  async function startRelay() {
    await startNodes(AGENT);
    const [a, b] = nodes;
    b.host.answerDials(() => {});
    const vobiz = await open(b, await a.answer());
    await vobiz.send(frame('start_nested_mulaw_8k'));
    await b.host.clock.settle();
    b.host.dials[0]!.peer!.onMessage(() => {});
    return vobiz;
  }

  it('is relayed at the node of its socket, and its next step requested from another', async () => {
    await startRelay();
    const [, b, c] = nodes;
    expect(b.host.dials[0]?.url.href).toBe(`wss://agent.example.net/${CALL}?from=%2B919000000002`);
    await c.provider.loadCall!(call.providerCallId, context.signal);
    expect(c.provider.controlsFor!(call)).toEqual(b.provider.controlsFor!(call));
    const transfer = b.provider.controls!.transfer!(call, NUMBER, context);
    await b.host.clock.settle();
    await transfer;
    const { body } = await c.post('after-stream', form('redirect_url'));
    expect(body).toContain('<Number>+919000000003</Number>');
    expect(c.host.eventsOf('transfer.started')).toHaveLength(1);
    // A stream that opens from now on is not relayed, at any node.
    const dials = nodes.map(({ host }) => host.dials.length);
    for (const node of nodes) await (await open(node, streamIn(body))).send(frame('start_nested_mulaw_8k'));
    expect(nodes.map(({ host }) => host.dials.length)).toEqual(dials);
  });

  it('stays muted when its stream opens at another node', async () => {
    await startRelay();
    const [, b, c] = nodes;
    await b.provider.controls!.mute!(call, { party: 'CUSTOMER' }, context);
    await c.post('answer', form('answer_minimal_fields'));
    const stored = JSON.parse(c.host.state.entries.get(`relay/${CALL}`)!) as object;
    expect(stored).toMatchObject({ muted: ['CUSTOMER'], isExpected: true, from: '+919000000002' });
  });
});

describe('a signed webhook', () => {
  const signed = (path: string, nonce: string): Record<string, string> => ({
    'x-vobiz-signature-v3': createHmac('sha256', AUTH.authToken)
      .update(`${PUBLIC}${path}.${nonce}`)
      .digest('base64'),
    'x-vobiz-signature-v3-nonce': nonce,
  });
  const post = ({ provider }: Harness, nonce: string, fields = form('answer_minimal_fields')) =>
    provider.ingress!.request!(
      createIngressRequest({ path: 'answer', form: fields, headers: signed('answer', nonce) }),
    );

  it('is accepted by one node, and once', async () => {
    await startNodes({ signature: 'require' });
    const { clock } = nodes[0].host;
    const all = Promise.allSettled(nodes.map((node) => post(node, 'n1')));
    // The others wait for the decision of the first.
    await clock.advance(10_000);
    expect((await all).filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await clock.advance(60_000);
    await expect(post(nodes[2], 'n1')).rejects.toMatchObject({ code: 'WEBHOOK_UNAUTHENTICATED' });
    expect((await post(nodes[1], 'n2')).status).toBe(200);
  });
});

it('a conference member that another node has seen can be muted', async () => {
  const [a, b] = nodes;
  await a.post('events', {
    CallUUID: CALL,
    Event: 'ConferenceEnter',
    ConferenceName: 'one',
    ConferenceMemberID: '7',
  });
  await b.provider.loadCall!(call.providerCallId, context.signal);
  expect(b.provider.controlsFor!(call)).toContain('MUTE_CUSTOMER');
});
