import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it, vi } from 'vitest';
import { MAX_BODY_BYTES } from '../../src/http/http-request.ts';
import type { CallState } from '../../src/index.ts';
import { createSetup } from '../support/setup.ts';
import type { Setup } from '../support/setup.ts';

async function request(
  { simulator }: Setup,
  method: string,
  path: string,
  body?: unknown,
): Promise<[number, unknown]> {
  const response = await fetch(`${simulator.url}/simulator${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return [response.status, text === '' ? undefined : JSON.parse(text)];
}

vi.setConfig({ maxConcurrency: 20 });

describe.concurrent('the control API', () => {
  it.for(['vapi', 'vobiz'])('starts a call of %s, shows it, and hangs it up', async (provider, context) => {
    const setup = await createSetup(context);
    const [status, started] = await request(setup, 'POST', '/calls', {
      provider,
      script: 'hello',
      behaviour: {},
    });
    const { id } = started as { id: string };
    expect(status).toBe(201);
    await setup.application.until(
      'in progress',
      () => setup.simulator.call(id)?.state().status === 'in-progress',
    );
    expect(await request(setup, 'GET', `/calls/${id}`)).toMatchObject([
      200,
      { id, provider, script: 'hello', over: false },
    ]);
    expect((await request(setup, 'POST', `/calls/${id}/hangup`))[0]).toBe(202);
    await setup.simulator.call(id)?.over;
    const [, calls] = await request(setup, 'GET', '/calls');
    expect(calls).toMatchObject([{ id, over: true, deliveries: { failed: 0 } }]);
    expect(['customer-ended-call', '4000']).toContain((calls as CallState[])[0]?.endedReason);
  });

  it.for(['vapi', 'vobiz'])('adds a conversation to a call of %s', async (provider, context) => {
    const setup = await createSetup(context);
    const [, started] = await request(setup, 'POST', '/calls', { provider, script: 'brief' });
    const { id } = started as { id: string };
    expect(await request(setup, 'POST', `/calls/${id}/converse`, { script: 'song' })).toEqual([
      400,
      { error: 'script: unknown script "song"' },
    ]);
    const call = setup.simulator.call(id);
    await setup.application.until('the first turn', () => call!.state().transcript.length === 1);
    expect((await request(setup, 'POST', `/calls/${id}/converse`, { script: 'brief' }))[0]).toBe(202);
    const spoken = (await call!.over).transcript.map(({ text }) => text);
    expect(spoken).toEqual(['Hello.', 'Goodbye.', 'Hello.', 'Goodbye.']);
  });

  it.for(['vapi', 'vobiz'])('lets a call of %s last as long as a tone', async (provider, context) => {
    const setup = await createSetup(context);
    const [, started] = await request(setup, 'POST', '/calls', { provider, script: 'brief' });
    const { id } = started as { id: string };
    const call = setup.simulator.call(id);
    await setup.application.until('the first turn', () => call!.state().transcript.length === 1);
    const tone = { track: 'inbound', hz: 440, dbfs: -6, ms: 4_000 };
    expect((await request(setup, 'POST', `/calls/${id}/tone`, tone))[0]).toBe(202);
    const from = Date.now();
    // The turn that is left takes less than half of it.
    expect((await call!.over).endedAt! - from).toBeGreaterThan(tone.ms * 0.75);
  });

  it('lists the turns and durations of the scripts', async (context) => {
    const setup = await createSetup(context);
    const [, scripts] = await request(setup, 'GET', '/scripts');
    expect(scripts).toContainEqual({
      name: 'hello',
      title: 'Three short turns, for tests',
      direction: 'inbound',
      turns: [
        { speaker: 'assistant', text: 'Hello, how can I help?', durationMs: 1_480, cutsIn: false },
        { speaker: 'customer', text: 'When do you close?', durationMs: 980, cutsIn: false },
        { speaker: 'assistant', text: 'At six. Goodbye!', durationMs: 1_560, cutsIn: false },
      ],
    });
  });

  it('changes the targets of later calls', async (context) => {
    const setup = await createSetup(context);
    expect(
      await request(setup, 'PUT', '/targets', { vapiWebhook: `${setup.application.url}/elsewhere` }),
    ).toEqual([204, undefined]);
    setup.simulator.startCall({ provider: 'vapi' });
    const webhook = await setup.application.until('a webhook', () => setup.application.requests[0]);
    expect(webhook.path).toBe('/elsewhere');
  });

  it.for([
    ['POST', '/calls', 'vapi', 'expected a JSON object'],
    ['POST', '/calls', { provider: 'acme' }, 'provider: expected vapi or vobiz'],
    ['POST', '/calls', { provider: 'vapi', script: 'opera' }, 'script: unknown script opera'],
    [
      'POST',
      '/calls',
      { provider: 'vapi', behaviour: { sendStop: true } },
      'behaviour.sendStop: unknown option',
    ],
    ['POST', '/calls', { provider: 'vapi', colour: 'red' }, 'colour: unknown field'],
    ['PUT', '/targets', { vapi: 'x' }, 'vapi: unknown target'],
    ['PUT', '/targets', { vapiWebhook: 1 }, 'vapiWebhook: expected a string'],
  ] as const)('rejects %s %s %j with a message', async ([method, path, body, error], context) => {
    const setup = await createSetup(context);
    expect(await request(setup, method, path, body)).toEqual([400, { error }]);
  });

  it('returns 404 for other paths', async (context) => {
    const setup = await createSetup(context);
    for (const path of ['/calls/unknown', '/calls/unknown/hangup', '/nothing']) {
      expect((await request(setup, 'GET', path))[0]).toBe(404);
    }
  });

  it('rejects paths that are not URLs and bodies that are too large', async (context) => {
    const setup = await createSetup(context);
    const { hostname, port } = new URL(setup.simulator.url);
    const socket = connect(Number(port), hostname);
    socket.write('GET // HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    const [refusal] = (await once(socket, 'data')) as [Buffer];
    expect(refusal.toString('utf8')).toMatch(/^HTTP\/1.1 404/);
    expect((await fetch(`${setup.simulator.url}//`)).status).toBe(404);
    expect((await request(setup, 'POST', '/calls', 'x'.repeat(MAX_BODY_BYTES + 1)))[0]).toBe(413);
  });
});
