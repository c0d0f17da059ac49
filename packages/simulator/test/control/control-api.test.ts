import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it, vi } from 'vitest';
import { MAX_BODY_BYTES } from '../../src/http/http-request.ts';
import type { CallState } from '../../src/index.ts';
import { createWorld } from '../support/setup.ts';
import type { World } from '../support/setup.ts';

async function ask(
  { simulator }: World,
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

describe.concurrent('the control surface', () => {
  it.for(['vapi', 'vobiz'])(
    'starts a call of %s, shows it, and lets the customer hang up',
    async (provider, context) => {
      const world = await createWorld(context);
      const [status, begun] = await ask(world, 'POST', '/calls', {
        provider,
        script: 'hello',
        behaviour: {},
      });
      const { id } = begun as { id: string };
      expect(status).toBe(201);
      await world.application.until(
        'in progress',
        () => world.simulator.call(id)?.state().status === 'in-progress',
      );
      expect(await ask(world, 'GET', `/calls/${id}`)).toMatchObject([
        200,
        { id, provider, script: 'hello', over: false },
      ]);
      expect((await ask(world, 'POST', `/calls/${id}/hangup`))[0]).toBe(202);
      await world.simulator.call(id)?.over;
      const [, calls] = await ask(world, 'GET', '/calls');
      expect(calls).toMatchObject([{ id, over: true, deliveries: { failed: 0 } }]);
      expect(['customer-ended-call', '4000']).toContain((calls as CallState[])[0]?.endedReason);
    },
  );

  it('lists what the scripts say and how long each turn takes', async (context) => {
    const world = await createWorld(context);
    const [, scripts] = await ask(world, 'GET', '/scripts');
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

  it('changes where calls are told about, for those that begin from now on', async (context) => {
    const world = await createWorld(context);
    expect(
      await ask(world, 'PUT', '/targets', { vapiWebhook: `${world.application.url}/elsewhere` }),
    ).toEqual([204, undefined]);
    world.simulator.startCall({ provider: 'vapi' });
    const request = await world.application.until('a webhook', () => world.application.requests[0]);
    expect(request.path).toBe('/elsewhere');
  });

  it.for([
    ['POST', '/calls', 'vapi', 'the body must be a JSON object'],
    ['POST', '/calls', { provider: 'acme' }, 'provider must be vapi or vobiz'],
    ['POST', '/calls', { provider: 'vapi', script: 'opera' }, 'script: unknown script opera'],
    [
      'POST',
      '/calls',
      { provider: 'vapi', behaviour: { sendStop: true } },
      'behaviour.sendStop does not exist',
    ],
    ['POST', '/calls', { provider: 'vapi', colour: 'red' }, 'colour does not exist'],
    ['PUT', '/targets', { vapi: 'x' }, 'vapi does not exist'],
    ['PUT', '/targets', { vapiWebhook: 1 }, 'vapiWebhook must be a string'],
  ] as const)('refuses %s %s %j with a sentence', async ([method, path, body, error], context) => {
    const world = await createWorld(context);
    expect(await ask(world, method, path, body)).toEqual([400, { error }]);
  });

  it('has no other paths', async (context) => {
    const world = await createWorld(context);
    for (const path of ['/calls/unknown', '/calls/unknown/hangup', '/nothing']) {
      expect((await ask(world, 'GET', path))[0]).toBe(404);
    }
  });

  it('survives paths that are no URL, and bodies that are too large', async (context) => {
    const world = await createWorld(context);
    const { hostname, port } = new URL(world.simulator.url);
    const socket = connect(Number(port), hostname);
    socket.write('GET // HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    const [refusal] = (await once(socket, 'data')) as [Buffer];
    expect(refusal.toString('utf8')).toMatch(/^HTTP\/1.1 404/);
    expect((await fetch(`${world.simulator.url}//`)).status).toBe(404);
    expect((await ask(world, 'POST', '/calls', 'x'.repeat(MAX_BODY_BYTES + 1)))[0]).toBe(413);
  });
});
