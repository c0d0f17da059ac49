import { describe, expect, it, vi } from 'vitest';
import { createSetup } from '../support/setup.ts';
import { openStream, control } from '../support/vobiz.ts';

vi.setConfig({ maxConcurrency: 20 });

describe.concurrent('the control API of Vobiz', () => {
  it('changes the behaviour of a live call and of later calls', async (context) => {
    const setup = await createSetup(context);
    const { call, socket } = await openStream(setup);
    expect(
      (await control(setup, 'PUT', `/calls/${call.id}/behaviour`, { mediaTrack: 'missing' })).status,
    ).toBe(204);
    await setup.application.until('a change', () => {
      const media = socket.messages.at(-1)?.['media'];
      return typeof media === 'object' && media !== null && !('track' in media);
    });
    await control(setup, 'PUT', '/vobiz/behaviour', { startShape: 'flat' });
    const later = await openStream(setup);
    expect(later.call.id).not.toBe(call.id);
    await setup.application.until('its start', () =>
      setup.application.streams.some(({ messages }) => messages[0]?.['callId'] === later.call.id),
    );
  });

  it.for([
    ['dtmf', {}, 'digits: expected 1 to 100 characters of 0-9, *, # and A-D'],
    ['dtmf', { digits: 'x' }, 'digits: expected 1 to 100 characters of 0-9, *, # and A-D'],
    ['tone', { track: 'both', hz: 440, dbfs: -6, ms: 100 }, 'track: expected inbound or outbound'],
    ['tone', { track: 'inbound', hz: 1, dbfs: -6, ms: 100 }, 'hz: expected a number from 20 to 8000'],
    ['tone', { track: 'inbound', hz: 440, dbfs: 3, ms: 100 }, 'dbfs: expected a number from -96 to 0'],
    ['tone', { track: 'inbound', hz: 440, dbfs: -6 }, 'ms: expected a number from 1 to 60000'],
  ] as const)('rejects %s %j with a message', async ([action, body, error], context) => {
    const setup = await createSetup(context);
    const { call } = await openStream(setup);
    expect(await control(setup, 'POST', `/calls/${call.id}/${action}`, body)).toMatchObject({
      status: 400,
      body: { error },
    });
  });

  it('returns 404 for a call of Vapi and for other paths', async (context) => {
    const setup = await createSetup(context);
    const { id } = setup.simulator.startCall({ provider: 'vapi' });
    expect((await control(setup, 'POST', `/calls/${id}/dtmf`, { digits: '1' })).status).toBe(404);
    expect((await control(setup, 'GET', '/calls/unknown/heard')).status).toBe(404);
  });
});
