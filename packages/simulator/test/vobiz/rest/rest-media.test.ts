// Play, DTMF, Record and Stream over REST.

import { describe, expect, it, vi } from 'vitest';
import { createSetup } from '../../support/setup.ts';
import { containsTone, openStream, rest, statuses, TWO_WAY, wavFile } from '../../support/vobiz.ts';

const ONE_WAY = 'audioTrack="both"';
const STAY = '<Wait length="600"/>';

vi.setConfig({ maxConcurrency: 20 });

describe.concurrent('REST Play', () => {
  it('plays files one after the other and skips those that are not WAV', async (context) => {
    const setup = await createSetup(context);
    const { call } = await openStream(setup, {}, ONE_WAY, STAY);
    const { url, files } = setup.application;
    files.set('/one.wav', wavFile(900, 300));
    files.set('/song.mp3', Buffer.from('ID3'));
    files.set('/two.wav', wavFile(1_700, 300));
    const urls = ['/one.wav', '/song.mp3', '/nowhere.wav', '/two.wav'].map((file) => url + file).join(',');
    expect(await rest(setup, 'POST', `/Call/${call.id}/Play/`, { urls })).toMatchObject({
      status: 202,
      body: { message: 'play started' },
    });
    const heard = (): Buffer => setup.simulator.vobiz.call(call.id)?.heard() ?? Buffer.alloc(0);
    await setup.application.until('the second', () => containsTone(heard(), 1_700));
    expect(containsTone(heard(), 900)).toBe(true);
    expect(call.state().vobiz?.notes).toEqual(['play: not a WAV file', 'play: not a WAV file']);
  });

  it('can be stopped', async (context) => {
    const setup = await createSetup(context);
    const { call, socket } = await openStream(setup, {}, ONE_WAY, STAY);
    setup.application.files.set('/long.wav', wavFile(900, 60_000));
    await rest(setup, 'POST', `/Call/${call.id}/Play/`, { urls: `${setup.application.url}/long.wav` });
    const heard = (): Buffer => setup.simulator.vobiz.call(call.id)?.heard() ?? Buffer.alloc(0);
    await setup.application.until('it', () => containsTone(heard(), 900));
    expect((await rest(setup, 'DELETE', `/Call/${call.id}/Play/`)).status).toBe(204);
    const count = socket.messages.length;
    await setup.application.until('a while', () => socket.messages.length > count + 60);
    expect(containsTone(heard().subarray(-3_200), 900)).toBe(false);
  });

  it.for([[{}], [{ urls: 'here' }], [{ urls: 'http://x/', legs: 'all' }]])(
    'rejects %j',
    async ([body], context) => {
      const setup = await createSetup(context);
      const { call } = await openStream(setup);
      expect((await rest(setup, 'POST', `/Call/${call.id}/Play/`, body)).status).toBe(400);
    },
  );
});

describe.concurrent('REST DTMF', () => {
  it('sends digits to the person', async (context) => {
    const setup = await createSetup(context);
    const { call } = await openStream(setup);
    const path = `/Call/${call.id}/DTMF/`;
    expect(await rest(setup, 'POST', path, { digits: '1w2#' })).toMatchObject({
      status: 202,
      body: { message: 'digits sent' },
    });
    expect((await rest(setup, 'POST', path, { digits: '9', leg: 'bleg' })).status).toBe(202);
    expect((await rest(setup, 'POST', path, { digits: 'x' })).status).toBe(400);
    expect((await rest(setup, 'POST', path, { digits: '1', leg: 'all' })).status).toBe(400);
    expect(call.state().vobiz?.digitsSent).toBe('1w2#');
  });
});

describe.concurrent('REST Record', () => {
  it('notifies its callback with lower-case fields when it is stopped', async (context) => {
    const setup = await createSetup(context);
    const { call } = await openStream(setup);
    const callback_url = `${setup.application.url}/recorded`;
    const { status, body } = await rest(setup, 'POST', `/Call/${call.id}/Record/`, {
      callback_url,
      file_format: 'wav',
    });
    expect([status, body['message']]).toEqual([202, 'recording started']);
    expect(body['url']).toMatch(/\.wav$/);
    expect((await rest(setup, 'DELETE', `/Call/${call.id}/Record/`)).status).toBe(204);
    const received = await setup.application.until('the callback', () =>
      setup.application.requests.find(({ path }) => path === '/recorded'),
    );
    expect(Object.fromEntries(new URLSearchParams(received.body))).toEqual({
      api_id: expect.any(String),
      call_uuid: call.id,
      recording_id: body['recording_id'],
      record_url: body['url'],
      recording_duration: expect.stringMatching(/^\d+$/),
      recording_duration_ms: expect.stringMatching(/^\d+$/),
      recording_start_ms: expect.stringMatching(/^\d{13}$/),
      recording_end_ms: expect.stringMatching(/^\d{13}$/),
    });
  });

  it('ends with the call, or at its time limit', async (context) => {
    const setup = await createSetup(context);
    const { call } = await openStream(setup, {}, TWO_WAY, '<Hangup/>', 'plumber');
    await rest(setup, 'POST', `/Call/${call.id}/Record/`, { time_limit: 0.1 });
    await rest(setup, 'POST', `/Call/${call.id}/Record/`, {});
    await setup.application.until('the limit', () => call.state().vobiz?.recordings[0]?.endedAt);
    call.hangUp();
    const { vobiz } = await call.over;
    expect(vobiz?.recordings.map(({ endReason }) => endReason)).toEqual(['maxLength', 'HungUp']);
  });
});

describe.concurrent('REST Stream', () => {
  it('attaches a stream to a live call: by default of both tracks and one-way', async (context) => {
    const setup = await createSetup(context);
    const { call } = await openStream(setup);
    const service_url = `${setup.application.wsUrl}/tap?token=a`;
    const { status, body } = await rest(setup, 'POST', `/Call/${call.id}/Stream/`, { service_url });
    expect({ status, body }).toEqual({
      status: 202,
      body: { message: 'audio streaming started', stream_id: expect.any(String) },
    });
    const tap = await setup.application.until('the tap', () =>
      setup.application.streams.find(({ path, messages }) => path === '/tap?token=a' && messages.length > 0),
    );
    expect(tap.messages[0]).toMatchObject({
      start: { callId: call.id, streamId: body['stream_id'], tracks: ['inbound', 'outbound'] },
    });
    expect(await rest(setup, 'GET', `/Call/${call.id}/Stream/${String(body['stream_id'])}/`)).toMatchObject({
      status: 200,
      body: { bidirectional: false, audio_track: 'both', status: 'in-progress', end_time: null, service_url },
    });
  });

  it.for([
    ['true', true],
    [true, false],
    ['false', false],
  ])('with bidirectional %j is two-way: %j', async ([bidirectional, expected], context) => {
    const setup = await createSetup(context);
    const { call } = await openStream(setup);
    await rest(setup, 'POST', `/Call/${call.id}/Stream/`, {
      service_url: `${setup.application.wsUrl}/tap`,
      audio_track: 'inbound',
      bidirectional,
    });
    expect(setup.simulator.vobiz.call(call.id)?.streams[1]?.spec.bidirectional).toBe(expected);
  });

  it('ends the call with 4010 for a two-way stream of both tracks', async (context) => {
    const setup = await createSetup(context);
    const { call } = await openStream(setup);
    await rest(setup, 'POST', `/Call/${call.id}/Stream/`, {
      service_url: `${setup.application.wsUrl}/tap`,
      bidirectional: 'true',
    });
    expect((await call.over).endedReason).toBe('4010');
  });

  it('lists streams, stops one or all; the call continues', async (context) => {
    const setup = await createSetup(context);
    const { call, streamId } = await openStream(setup, {}, ONE_WAY, STAY);
    const path = `/Call/${call.id}/Stream/`;
    const body = {
      service_url: `${setup.application.wsUrl}/tap`,
      status_callback_url: `${setup.application.url}/status`,
    };
    const added = await rest(setup, 'POST', path, body);
    await setup.application.until('the tap', () => setup.application.streams.length === 2);
    expect((await rest(setup, 'GET', `${path}?limit=1&offset=1`)).body).toMatchObject({
      page: 2,
      per_page: 1,
      total: 2,
      objects: [{ stream_id: added.body['stream_id'], call_uuid: call.id }],
    });
    const one = `${path}${String(added.body['stream_id'])}/`;
    expect((await rest(setup, 'DELETE', one)).status).toBe(204);
    expect(await rest(setup, 'DELETE', one)).toMatchObject({
      status: 404,
      body: { error: 'Stream not found' },
    });
    await setup.application.until('its end is received', () => statuses(setup).includes('StopStream'));
    expect((await rest(setup, 'GET', one)).body).toMatchObject({
      status: 'completed',
      end_time: expect.any(String),
    });
    expect((await rest(setup, 'DELETE', path)).status).toBe(204);
    expect((await rest(setup, 'DELETE', path)).status).toBe(204);
    await setup.application.until('both ends', () => setup.application.forms('StopStream').length === 2);
    expect(setup.application.forms('StopStream').map((form) => form['StreamID'])).toContain(streamId);
    expect(call.state().endedAt).toBeNull();
  });

  it('requires a WebSocket URL', async (context) => {
    const setup = await createSetup(context);
    const { call } = await openStream(setup);
    for (const service_url of [undefined, 'https://x/', 7]) {
      expect((await rest(setup, 'POST', `/Call/${call.id}/Stream/`, { service_url })).status).toBe(400);
    }
  });
});
