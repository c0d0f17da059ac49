/** The nodes of a cluster have an instance each, with one state: commands and queries arrive at any of them. */
import { createCommandContext, createControlledCall } from '@sidetone/testkit';
import { expect, it } from 'vitest';
import { start } from './harness.ts';
import { CALL, CONTROL_URL, LISTEN_URL } from './samples.ts';

const call = createControlledCall(CALL);
const context = createCommandContext();
const inProgress = (fields: object) => ({
  message: {
    type: 'status-update',
    status: 'in-progress',
    timestamp: Date.UTC(2026, 0, 5),
    call: { id: CALL, ...fields },
  },
});
const monitor = { listenUrl: LISTEN_URL, controlUrl: CONTROL_URL };

async function startNodes(options: object = {}) {
  const a = await start(options, { isStateShared: true });
  const b = await start(options, { clock: a.host.clock, state: a.host.state, isStateShared: true });
  return [a, b] as const;
}

it('a command uses the control URL that another node has received, without a request to the API', async () => {
  const [a, b] = await startNodes();
  await a.post(inProgress({ type: 'webCall', monitor }));
  await b.provider.loadCall!(call.providerCallId, context.signal);
  expect(b.provider.controlsFor!(call)).toEqual(a.provider.controlsFor!(call));
  b.host.respond('POST', CONTROL_URL, { status: 200 });
  await b.provider.controls!.mute!(call, { party: 'ASSISTANT' }, context);
  expect(b.host.requests.map(({ method, url }) => [method, String(url)])).toEqual([['POST', CONTROL_URL]]);
});

it('the node that decides about a call listens to it, also if another one has received the URL', async () => {
  const [a, b] = await startNodes();
  b.host.answerDials(() => {});
  await a.post(inProgress({ type: 'webCall', monitor }));
  b.host.setDemand('levels', CALL, true);
  await b.provider.loadCall!(call.providerCallId, context.signal);
  await b.host.clock.settle();
  expect(b.host.dials.map(({ url }) => url.href)).toEqual([LISTEN_URL]);
  expect(a.host.dials).toEqual([]);
});

it('what two nodes store of a call at once is kept', async () => {
  const [a, b] = await startNodes();
  await Promise.all([a.post(inProgress({ monitor })), b.post(inProgress({ type: 'webCall' }))]);
  const stored = JSON.parse(a.host.state.entries.get(`call/${CALL}`)!) as object;
  expect(stored).toMatchObject({ monitor, type: 'webCall', status: 'IN_PROGRESS' });
});

it('one node sweeps for all, and another one when it has stopped', async () => {
  const [a, b] = await startNodes({ sweep: {} });
  for (const { host } of [a, b]) host.respond('GET', /^https:\/\/api\.vapi\.ai\/call\?/, { json: [] });
  await a.host.clock.advance(3 * 45_000);
  const sweeps = (): readonly number[] => [a, b].map(({ host }) => host.requests.length);
  expect([
    [0, 3],
    [3, 0],
  ]).toContainEqual(sweeps());
  const [first, second] = sweeps()[0] === 3 ? [a, b] : [b, a];
  await first.provider.stop(context.signal);
  await second.host.clock.advance(45_000);
  expect(second.host.requests).toHaveLength(1);
});
