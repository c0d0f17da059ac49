// Messages of the application on a two-way stream and their effects.

import { describe, expect, it, vi } from 'vitest';
import { encodeLinear16 } from '../../../src/audio/pcm.ts';
import { samplesOf, sine } from '../../support/signal.ts';
import { createSetup } from '../../support/setup.ts';
import {
  audioOf,
  containsTone,
  openStream,
  rest,
  isToneIn,
  statuses,
  control,
  toneMedia,
} from '../../support/vobiz.ts';

vi.setConfig({ maxConcurrency: 20 });

describe.concurrent('audio on a two-way stream', () => {
  it('is played to the person, and its checkpoint is confirmed afterwards', async (context) => {
    const setup = await createSetup(context);
    const { sendCommand, received, call, state } = await openStream(setup);
    for (let chunk = 0; chunk < 20; chunk += 1) sendCommand('playAudio', toneMedia(1_000, 20));
    sendCommand('checkpoint', { name: 'turn-1' });
    await setup.application.until('it is queued', () => (state().queuedMs ?? 0) > 0);
    expect(received('playedStream')).toEqual([]);
    await setup.application.until('it was played', () => received('playedStream').length > 0);
    expect(received('playedStream')).toEqual([{ event: 'playedStream', name: 'turn-1' }]);
    expect(state()).toMatchObject({ playedMs: 400, queuedMs: 0, checkpoints: ['turn-1'], clears: 0 });
    const { bytes } = await control(setup, 'GET', `/calls/${call.id}/heard`);
    expect([containsTone(bytes, 1_000), containsTone(bytes, 2_300)]).toEqual([true, false]);
    expect(setup.simulator.vobiz.call(call.id)?.heard().length).toBeGreaterThan(0);
    await setup.application.until('it is received', () => statuses(setup).includes('PlayedStream'));
    expect(setup.application.forms('PlayedStream')).toMatchObject([
      { Name: 'turn-1', Error: '', CallUUID: call.id },
    ]);
  });

  it('is on the `outbound` track of another stream of the leg, and not on its own', async (context) => {
    const setup = await createSetup(context);
    const { sendCommand, received, socket, call } = await openStream(setup);
    const { body } = await rest(setup, 'POST', `/Call/${call.id}/Stream/`, {
      service_url: `${setup.application.wsUrl}/tap`,
      audio_track: 'both',
    });
    expect(body['stream_id']).toMatch(/^[0-9a-f-]{36}$/);
    const tap = await setup.application.until('the tap', () =>
      setup.application.streams.find(({ path, messages }) => path === '/tap' && messages.length > 2),
    );
    sendCommand('playAudio', toneMedia(1_000, 300));
    sendCommand('checkpoint', { name: 'end' });
    await setup.application.until('it was played', () => received('playedStream').length > 0);
    const from = tap.messages.length;
    await setup.application.until('the tap has it', () => tap.messages.length > from + 10);
    expect(isToneIn(audioOf(tap, 'outbound'), 1_000, 8_000)).toBe(true);
    expect(isToneIn(audioOf(tap, 'inbound'), 1_000, 8_000)).toBe(false);
    expect(isToneIn(audioOf(socket, 'inbound'), 1_000, 8_000)).toBe(false);
  });

  it('is dropped at clearAudio, with its checkpoints', async (context) => {
    const setup = await createSetup(context);
    const { sendCommand, received, state, streamId } = await openStream(setup);
    sendCommand('playAudio', toneMedia(1_000, 500));
    sendCommand('playAudio', toneMedia(1_000, 500));
    sendCommand('checkpoint', { name: 'never' });
    sendCommand('clearAudio');
    sendCommand('checkpoint', { name: 'after' });
    await setup.application.until('the checkpoint after it', () => received('playedStream').length > 0);
    expect(received('playedStream').map(({ name }) => name)).toEqual(['after']);
    expect(received('clearedAudio')).toEqual([
      { sequenceNumber: expect.any(Number), event: 'clearedAudio', streamId },
    ]);
    expect(state()).toMatchObject({ clears: 1, voided: 1, queuedMs: 0 });
    expect((state().clearedMs ?? 0) + (state().playedMs ?? 0)).toBe(1_000);
    await setup.application.until('it is received', () => statuses(setup).includes('ClearedAudio'));
  });

  it('is dropped when the queue is full, which is reported once', async (context) => {
    const setup = await createSetup(context);
    const { sendCommand, received, state } = await openStream(setup, { playbackQueueMs: 500 });
    for (let chunk = 0; chunk < 5; chunk += 1) sendCommand('playAudio', toneMedia(1_000, 400));
    sendCommand('checkpoint', { name: 'end' });
    await setup.application.until('the end', () => received('playedStream').length > 0);
    expect(state()).toMatchObject({ playedMs: 400, droppedMs: 1_600 });
    await setup.application.until('it is received', () => statuses(setup).includes('PlayedStream'));
    expect(setup.application.forms('DegradedStream')).toMatchObject([{ Error: 'connection degraded' }]);
  });

  it('is ignored if invalid, and counted by reason', async (context) => {
    const setup = await createSetup(context);
    const { sendCommand, socket, state, received } = await openStream(setup);
    sendCommand('playAudio', { media: { contentType: 'audio/wav', sampleRate: 8_000, payload: 'AAAA' } });
    sendCommand('playAudio', { streamId: 'another', ...toneMedia(1_000, 20) });
    sendCommand('sendDTMF', { dtmf: '12#' });
    socket.socket.send('{');
    socket.socket.send(Buffer.from([1, 2]));
    sendCommand('checkpoint', { name: 'end' });
    await setup.application.until('the end', () => received('playedStream').length > 0);
    expect(state()).toMatchObject({
      playedMs: 0,
      ignored: { contentType: 1, 'other stream': 1, sendDTMF: 1, 'not a JSON object': 1, binary: 1 },
    });
  });

  it('is decoded in the byte order of the behaviour', async (context) => {
    const setup = await createSetup(context);
    const { sendCommand, received, call } = await openStream(setup, { byteOrder: 'be' });
    const payload = encodeLinear16(sine(1_000, 4_800), 'be').toString('base64');
    sendCommand('playAudio', { media: { contentType: 'audio/x-l16', sampleRate: 16_000, payload } });
    sendCommand('checkpoint', { name: 'end' });
    await setup.application.until('the end', () => received('playedStream').length > 0);
    const heard = samplesOf(setup.simulator.vobiz.call(call.id)?.heard() ?? Buffer.alloc(0));
    expect(isToneIn(heard, 1_000, 8_000)).toBe(true);
    // In the other byte order, its samples would reach full scale.
    expect(heard.every((sample) => Math.abs(sample) < 12_000)).toBe(true);
  });

  it('has no effect on a one-way stream', async (context) => {
    const setup = await createSetup(context);
    const { sendCommand, received, state, socket } = await openStream(
      setup,
      {},
      'audioTrack="both"',
      '<Wait length="600"/>',
    );
    sendCommand('playAudio', toneMedia(1_000, 100));
    sendCommand('checkpoint', { name: 'end' });
    sendCommand('clearAudio');
    sendCommand('stop');
    await setup.application.until('they came', () => state().ignored?.['one-way stream'] === 4);
    const count = socket.messages.length;
    await setup.application.until('more frames', () => socket.messages.length > count + 5);
    expect([received('playedStream'), received('clearedAudio'), state().playedMs]).toEqual([[], [], 0]);
  });
});

describe.concurrent('the end of a two-way stream', () => {
  it('is 4010 after stop without another verb; StopStream is sent between the close and the hangup', async (context) => {
    const setup = await createSetup(context);
    const { sendCommand, call, socket } = await openStream(setup, {}, undefined, '');
    sendCommand('stop');
    const { endedReason } = await call.over;
    expect(endedReason).toBe('4010');
    expect(setup.application.forms('Hangup')).toMatchObject([
      { HangupSource: 'Vobiz', HangupCauseName: 'End Of XML Instructions' },
    ]);
    expect(statuses(setup)).toEqual(['StartStream', 'StopStream']);
    expect(socket.closeCode).toBe(1000);
  });

  it('continues with the next verb when the application closes, reported as DroppedStream', async (context) => {
    const setup = await createSetup(context);
    const { call, socket } = await openStream(setup);
    socket.socket.close(1000);
    const { endedReason, streams } = await call.over;
    expect(endedReason).toBe('4000');
    expect(setup.application.forms('Hangup')).toMatchObject([{ HangupSource: 'Answer XML' }]);
    expect(statuses(setup)).toEqual(['StartStream', 'DroppedStream']);
    expect(streams).toMatchObject([{ status: 'closed', closeCode: 1000 }]);
  });

  it('is immediate, with 4010, without keepCallAlive and another verb', async (context) => {
    const setup = await createSetup(context);
    setup.application.answer = () =>
      `<Response><Stream bidirectional="true">${setup.application.wsUrl}/s</Stream></Response>`;
    const { endedReason } = await setup.simulator.startCall({ provider: 'vobiz' }).over;
    expect([endedReason, setup.application.streams.length]).toEqual(['4010', 0]);
  });
});

describe.concurrent('a person on a two-way stream', () => {
  it.for([
    ['nested', { dtmf: { track: 'inbound', digit: '1', timestamp: expect.any(String) } }],
    ['flat', { digit: '1' }],
    ['number', { dtmf: { digit: 1, timestamp: expect.any(Number) } }],
  ] as const)('presses digits, which are sent in the format %s', async ([dtmfShape, shape], context) => {
    const setup = await createSetup(context);
    const { call, received, streamId } = await openStream(setup, { dtmfShape });
    const { status } = await control(setup, 'POST', `/calls/${call.id}/dtmf`, { digits: '1#' });
    await setup.application.until('both keys', () => received('dtmf').length === 2);
    expect(status).toBe(202);
    expect(received('dtmf')[0]).toMatchObject({ event: 'dtmf', streamId, ...shape });
    expect(call.state().vobiz).toMatchObject({ digitsPressed: '1#' });
  });

  it('stays while audio is playing, regardless of patienceMs', async (context) => {
    const setup = await createSetup(context);
    const { sendCommand, received, call } = await openStream(setup, { patienceMs: 200 });
    for (let chunk = 0; chunk < 4; chunk += 1) sendCommand('playAudio', toneMedia(1_000, 800));
    sendCommand('checkpoint', { name: 'end' });
    const { endedReason } = await call.over;
    expect([endedReason, received('playedStream').length]).toEqual(['4000', 1]);
  });

  it('can be given a tone on either track', async (context) => {
    const setup = await createSetup(context);
    const { call, socket } = await openStream(setup, {}, 'audioTrack="both"', '<Wait length="600"/>');
    for (const [track, hz] of [
      ['inbound', 700],
      ['outbound', 1_900],
    ] as const) {
      const body = { track, hz, dbfs: -6, ms: 500 };
      expect((await control(setup, 'POST', `/calls/${call.id}/tone`, body)).status).toBe(202);
    }
    const count = socket.messages.length;
    await setup.application.until('half a second', () => socket.messages.length > count + 60);
    for (const [track, own, other] of [
      ['inbound', 700, 1_900],
      ['outbound', 1_900, 700],
    ] as const) {
      const samples = audioOf(socket, track);
      expect([isToneIn(samples, own, 8_000), isToneIn(samples, other, 8_000)]).toEqual([true, false]);
    }
    const heard = (await control(setup, 'GET', `/calls/${call.id}/heard`)).bytes;
    expect([containsTone(heard, 1_900), containsTone(heard, 700)]).toEqual([true, false]);
  });
});
