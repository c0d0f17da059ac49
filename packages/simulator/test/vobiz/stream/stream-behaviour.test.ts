// The behaviour options of streams.

import { describe, expect, it, vi } from 'vitest';
import type { VobizBehaviour } from '../../../src/index.ts';
import type { ReceivedStream } from '../../support/application.ts';
import { createSetup } from '../../support/setup.ts';
import type { Setup } from '../../support/setup.ts';
import { openStream, NO_HANGUP, statuses, control, toneMedia, TWO_WAY } from '../../support/vobiz.ts';

const TAP = 'audioTrack="both" extraHeaders="tenant=acme" contentType="audio/x-mulaw;rate=8000"';
const STAY = '<Wait length="600"/>';

/** Returns a stream once it has sent a number of messages. */
async function tap(
  setup: Setup,
  behaviour: Partial<VobizBehaviour>,
  count = 10,
  attributes = TAP,
): Promise<ReceivedStream> {
  const { application, simulator } = setup;
  application.answer = () =>
    `<Response><Stream ${attributes} statusCallbackUrl="${application.url}/status">${application.wsUrl}/s</Stream>${STAY}</Response>`;
  simulator.startCall({ provider: 'vobiz', script: 'brief', behaviour: { ...NO_HANGUP, ...behaviour } });
  return application.until('a stream', () =>
    application.streams.find(({ messages }) => messages.length >= count),
  );
}

const eventsOf = ({ messages }: ReceivedStream, count: number): unknown[] =>
  messages.slice(0, count).map(({ event }) => event);

const startIdsOf = (stream: ReceivedStream | undefined): string[] =>
  (stream?.messages ?? []).flatMap(({ event, start }) =>
    event === 'start' ? [(start as { streamId: string }).streamId] : [],
  );

vi.setConfig({ maxConcurrency: 20 });

describe.concurrent('the start of a stream', () => {
  it.for([
    ['once', ['start', 'media', 'media']],
    ['never', ['media', 'media', 'media']],
    ['twice', ['start', 'start', 'media']],
    ['twice-other-id', ['start', 'start', 'media']],
  ] as const)('is sent %s', async ([start, events], context) => {
    const stream = await tap(await createSetup(context), { start });
    expect(eventsOf(stream, 3)).toEqual(events);
    const ids = startIdsOf(stream);
    expect(new Set(ids).size).toBe(start === 'twice-other-id' ? 2 : Math.min(1, ids.length));
  });

  it('is sent after some audio', async (context) => {
    const stream = await tap(await createSetup(context), { mediaBeforeStart: 4 });
    expect(eventsOf(stream, 6)).toEqual(['media', 'media', 'media', 'media', 'start', 'media']);
    expect(stream.messages[4]).toMatchObject({ sequenceNumber: 0 });
  });

  it('contains the ids twice in the hybrid format', async (context) => {
    const { messages } = await tap(await createSetup(context), { startShape: 'hybrid' });
    const { streamId, callId } = (messages[0]?.['start'] ?? {}) as Record<string, string>;
    expect([typeof streamId, typeof callId]).toEqual(['string', 'string']);
    expect(messages[0]).toMatchObject({ streamId, callId });
  });

  it('has its rate as text, and sequence numbers from one', async (context) => {
    const { messages } = await tap(await createSetup(context), {
      startShape: 'rate-as-text',
      sequenceFrom: 1,
    });
    expect(messages[0]).toMatchObject({ sequenceNumber: 1, start: { mediaFormat: { sampleRate: '8000' } } });
    expect(messages[1]).toMatchObject({ sequenceNumber: 2, media: { chunk: 1 } });
  });

  it.for([
    ['empty', '{}'],
    ['json', '{"tenant":"acme"}'],
    ['pairs', 'tenant=acme'],
    ['object', { tenant: 'acme' }],
    ['missing', undefined],
  ] as const)('has extra headers in the format %s', async ([extraHeadersShape, received], context) => {
    const { messages } = await tap(await createSetup(context), { extraHeadersShape });
    expect([messages[0]?.['extra_headers'], messages[1]?.['extra_headers']]).toEqual([received, received]);
  });
});

describe.concurrent('the audio of a stream', () => {
  it.for([
    [{ mediaTimestamps: 'number' }, { timestamp: expect.any(Number) }],
    [{ mediaTimestamps: 'missing' }, { timestamp: undefined }],
    [{ mediaTrack: 'missing' }, { track: undefined }],
    [{ mediaTrack: 'unknown' }, { track: 'sideways' }],
  ] as const)('with %j is %j', async ([behaviour, fields], context) => {
    const { messages } = await tap(await createSetup(context), behaviour);
    expect(messages[1]?.['media']).toEqual(expect.objectContaining(definedOf(fields)));
    for (const [field, value] of Object.entries(fields))
      if (value === undefined) expect(messages[1]?.['media']).not.toHaveProperty(field);
  });

  it.for([20, 40, 60] as const)('has %i ms in each message', async (frameMs, context) => {
    const { messages } = await tap(await createSetup(context), { frameMs });
    const media = messages.flatMap(({ media }) =>
      media === undefined ? [] : [media as Record<string, string>],
    );
    const inbound = media.filter(({ track }) => track === 'inbound');
    expect(Buffer.from(inbound[0]?.['payload'] ?? '', 'base64')).toHaveLength(frameMs * 8);
    expect(Number(inbound[1]?.['timestamp']) - Number(inbound[0]?.['timestamp'])).toBe(frameMs);
  });

  it('is lost, corrupted and mixed with other messages', async (context) => {
    const setup = await createSetup(context);
    const stream = await tap(setup, { gapEvery: 10, strangeEvery: 4, strange: 'binary' }, 30);
    const chunks = stream.messages.flatMap(
      ({ media }) => (media as { chunk: number } | undefined)?.chunk ?? [],
    );
    expect(chunks.slice(0, 12)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17]);
    expect(stream.invalid).toContain('00010203');
  });
});

describe.concurrent('the connection of a stream', () => {
  it('breaks after the given messages of each connection, and reconnects as a new stream', async (context) => {
    const setup = await createSetup(context);
    await tap(setup, { dropAfterMessages: [1, 2] }, 1, `${TAP} maxRetries="5"`);
    const third = await setup.application.until('a third', () =>
      setup.application.streams.find(({ messages }, index) => index === 2 && messages.length > 10),
    );
    expect(setup.application.streams.map(({ messages }) => messages.length).slice(0, 2)).toEqual([1, 2]);
    expect(setup.application.streams.slice(0, 2).map(({ closeCode }) => closeCode)).toEqual([1006, 1006]);
    const ids = setup.application.streams.flatMap(startIdsOf);
    expect([new Set(ids).size, startIdsOf(third).length]).toEqual([3, 1]);
    expect(statuses(setup).filter((event) => event === 'DroppedStream')).toHaveLength(2);
  });

  it('breaks repeatedly', async (context) => {
    const setup = await createSetup(context);
    await tap(setup, { dropEveryMs: 100 }, 1, `${TAP} maxRetries="2"`);
    const [call] = setup.simulator.calls();
    await setup.application.until('three streams', () => {
      const states = setup.simulator.call(call?.id ?? '')?.state().streams;
      return states?.length === 3 && states.every(({ status }) => status === 'closed');
    });
    expect(setup.simulator.call(call?.id ?? '')?.state()).toMatchObject({
      over: false,
      streams: [{ framesSent: 5 }, { framesSent: 5 }, { framesSent: 5 }],
    });
  });

  it('does not reconnect with reconnects false, whatever its element says', async (context) => {
    const setup = await createSetup(context);
    const { call } = await openStream(
      setup,
      { dropEveryMs: 100, reconnects: false },
      `${TWO_WAY} maxRetries="5"`,
    );
    expect((await call.over).streams).toHaveLength(1);
  });

  it.for([
    [1001, 1001],
    [1005, 1005],
    [1006, 1006],
    [4321, 4321],
  ])('is closed with %i', async ([closeCode, seen], context) => {
    const setup = await createSetup(context);
    const { call, socket } = await openStream(setup, { closeCode: Number(closeCode) });
    call.hangUp();
    await call.over;
    await setup.application.until('the close', () => socket.closeCode !== undefined);
    expect(socket.closeCode).toBe(seen);
  });

  it('stops reading after stallAfterMs and continues sending', async (context) => {
    const setup = await createSetup(context);
    const { sendCommand, state, socket } = await openStream(setup, { stallAfterMs: 20 });
    const count = socket.messages.length;
    await setup.application.until('it has stalled', () => socket.messages.length > count + 10);
    sendCommand('playAudio', toneMedia(1_000, 20));
    sendCommand('clearAudio');
    const later = socket.messages.length;
    await setup.application.until('more audio', () => socket.messages.length > later + 10);
    expect(state()).toMatchObject({ clears: 0, playedMs: 0, queuedMs: 0 });
  });

  it.for([
    ['once', [['stop', true]]],
    [
      'twice',
      [
        ['stop', true],
        ['stop', true],
      ],
    ],
    ['other-id', [['stop', false]]],
    [
      'then-media',
      [
        ['stop', true],
        ['media', true],
      ],
    ],
  ] as const)('sends the older stop: %s', async ([stopVariant, expected], context) => {
    const setup = await createSetup(context);
    const { call, socket, streamId } = await openStream(setup, { sendStop: true, stopVariant });
    call.hangUp();
    await call.over;
    const last = socket.messages.slice(-expected.length);
    expect(last.map((message) => [message['event'], message['streamId'] === streamId])).toEqual(expected);
  });
});

describe.concurrent('the responses of a stream', () => {
  it('to checkpoints can be lost, starting with the first', async (context) => {
    const setup = await createSetup(context);
    const { sendCommand, received, state } = await openStream(setup, { losePlayed: 1 });
    for (const name of ['a', 'b']) sendCommand('checkpoint', { name });
    await setup.application.until('the second', () => received('playedStream').length > 0);
    expect(received('playedStream').map(({ name }) => name)).toEqual(['b']);
    expect(state().checkpoints).toEqual(['a', 'b']);
  });

  it('to checkpoints can be out of order', async (context) => {
    const setup = await createSetup(context);
    const { sendCommand, received } = await openStream(setup, { swapPlayed: true });
    for (const name of ['a', 'b']) sendCommand('checkpoint', { name });
    await setup.application.until('both', () => received('playedStream').length === 2);
    expect(received('playedStream').map(({ name }) => name)).toEqual(['b', 'a']);
  });

  it('to clearAudio can be late or lost', async (context) => {
    const setup = await createSetup(context);
    const { sendCommand, received, call } = await openStream(setup, { clearedDelayMs: 200 });
    sendCommand('clearAudio');
    sendCommand('checkpoint', { name: 'earlier' });
    await setup.application.until('it', () => received('clearedAudio').length > 0);
    expect(received('playedStream')).toHaveLength(1);
    await control(setup, 'PUT', `/calls/${call.id}/behaviour`, { loseCleared: true, clearedDelayMs: 0 });
    sendCommand('clearAudio');
    sendCommand('checkpoint', { name: 'later' });
    await setup.application.until('what comes after it', () => received('playedStream').length === 2);
    expect(received('clearedAudio')).toHaveLength(1);
  });
});

function definedOf(fields: object): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
