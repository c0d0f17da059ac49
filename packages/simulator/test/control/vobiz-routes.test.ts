import { describe, expect, it, vi } from 'vitest';
import { createWorld } from '../support/setup.ts';
import { openStream, surface } from '../support/vobiz.ts';

vi.setConfig({ maxConcurrency: 20 });

describe.concurrent('the control surface of Vobiz', () => {
  it('changes the dials of a live call, and of those that begin later', async (context) => {
    const world = await createWorld(context);
    const { call, socket } = await openStream(world);
    expect(
      (await surface(world, 'PUT', `/calls/${call.id}/behaviour`, { mediaTrack: 'missing' })).status,
    ).toBe(204);
    await world.application.until('a change', () => {
      const media = socket.messages.at(-1)?.['media'];
      return typeof media === 'object' && media !== null && !('track' in media);
    });
    await surface(world, 'PUT', '/vobiz/behaviour', { startShape: 'flat' });
    const later = await openStream(world);
    expect(later.call.id).not.toBe(call.id);
    await world.application.until('its start', () =>
      world.application.streams.some(({ messages }) => messages[0]?.['callId'] === later.call.id),
    );
  });

  it.for([
    ['dtmf', {}, 'digits must be from 1 to 100 of 0-9, *, # and A-D'],
    ['dtmf', { digits: 'x' }, 'digits must be from 1 to 100 of 0-9, *, # and A-D'],
    ['tone', { track: 'both', hz: 440, dbfs: -6, ms: 100 }, 'track must be inbound or outbound'],
    ['tone', { track: 'inbound', hz: 1, dbfs: -6, ms: 100 }, 'hz must be from 20 to 8000'],
    ['tone', { track: 'inbound', hz: 440, dbfs: 3, ms: 100 }, 'dbfs must be from -96 to 0'],
    ['tone', { track: 'inbound', hz: 440, dbfs: -6 }, 'ms must be from 1 to 60000'],
  ] as const)('refuses %s %j with a sentence', async ([action, body, error], context) => {
    const world = await createWorld(context);
    const { call } = await openStream(world);
    expect(await surface(world, 'POST', `/calls/${call.id}/${action}`, body)).toMatchObject({
      status: 400,
      body: { error },
    });
  });

  it('knows nothing of this for a call of Vapi, and has no other paths', async (context) => {
    const world = await createWorld(context);
    const { id } = world.simulator.startCall({ provider: 'vapi' });
    expect((await surface(world, 'POST', `/calls/${id}/dtmf`, { digits: '1' })).status).toBe(404);
    expect((await surface(world, 'GET', '/calls/unknown/heard')).status).toBe(404);
  });
});
