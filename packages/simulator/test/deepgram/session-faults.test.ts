import { describe, expect, it } from 'vitest';
import { connect, createDeepgram, isFinal, textOf, transcriptOf, eventually } from '../support/deepgram.ts';
import { joined, silence, spoken } from '../support/spoken.ts';

const HELLO = 'Hello, how can I help?';
const CLOSE = 'When do you close?';

describe.concurrent('faults of a socket', () => {
  it('cutAfterMs breaks the connection after this much audio', async (context) => {
    const client = await connect(await createDeepgram(context, { cutAfterMs: 2_000 }));
    client.send(silence(1_900));
    await client.until(({ type }) => type === 'Results');
    client.send(silence(100));
    expect((await client.closed).code).toBe(1006);
    expect(client.messages.map(({ type }) => type)).not.toContain('Metadata');
  });

  it('cutAtMessage breaks the connection instead of sending the message', async (context) => {
    const client = await connect(await createDeepgram(context, { cutAtMessage: 3 }));
    client.send(silence(5_000));
    expect((await client.closed).code).toBe(1006);
    expect(client.messages).toHaveLength(2);
  });

  it('freezeAfterMs sends nothing more and keeps the socket open', async (context) => {
    const simulator = await createDeepgram(context, { freezeAfterMs: 1_000, idleMs: 60_000 });
    const client = await connect(simulator);
    client.send(silence(900));
    client.send(silence(200));
    client.send(joined(spoken(HELLO), silence(3_000)));
    client.sendJson({ type: 'CloseStream' });
    await eventually(() =>
      expect(simulator.deepgram.sessions()[0]?.received).toEqual({ audio: 3, CloseStream: 1 }),
    );
    expect(simulator.deepgram.sessions()[0]).toMatchObject({ status: 'open', processedSeconds: 1.1 });
    expect(client.messages.length).toBeLessThanOrEqual(1);
  });

  it.for([
    [1011, /net0000$/],
    [1012, /^service restart$/],
    [4003, /^$/],
  ] as const)('closeAfterMs sends Metadata and closes with %i', async ([closeCode, reason], context) => {
    const client = await connect(await createDeepgram(context, { closeAfterMs: 1_000, closeCode }));
    client.send(silence(1_000));
    expect(await client.closed).toEqual({ code: closeCode, reason: expect.stringMatching(reason) });
    expect(client.messages.at(-1)?.['type']).toBe('Metadata');
  });

  it('freezeAfterMs keeps an idle socket open', async (context) => {
    const simulator = await createDeepgram(context, { freezeAfterMs: 40, faultySockets: 1 });
    const frozen = await connect(simulator);
    frozen.send(silence(40));
    await eventually(() => expect(simulator.deepgram.sessions()[0]?.processedSeconds).toBe(0.04));
    simulator.deepgram.setBehaviour({ idleMs: 50 });
    frozen.sendJson({ type: 'KeepAlive' });
    await eventually(() => expect(simulator.deepgram.sessions()[0]?.received['KeepAlive']).toBe(1));
    const later = await connect(simulator);
    expect((await later.closed).code).toBe(1011);
    expect(simulator.deepgram.sessions()[0]).toMatchObject({ status: 'open', sent: {} });
  });

  it('faultySockets limits faults to the first sockets', async (context) => {
    const simulator = await createDeepgram(context, { cutAfterMs: 100, faultySockets: 1 });
    const [first, second] = [await connect(simulator), await connect(simulator)];
    for (const client of [first, second]) {
      client.send(silence(1_000));
      client.sendJson({ type: 'CloseStream' });
    }
    expect([(await first.closed).code, (await second.closed).code]).toEqual([1006, 1000]);
    simulator.deepgram.setBehaviour({ faultySockets: 1 });
    const third = await connect(simulator);
    third.send(silence(1_000));
    expect((await third.closed).code).toBe(1006);
  });

  it('emptyFinals removes the text of the given number of finals, not of their interims', async (context) => {
    const simulator = await createDeepgram(context, { emptyFinals: 1 });
    const client = await connect(simulator);
    client.send(joined(spoken(HELLO), silence(700), spoken(CLOSE), silence(700)));
    client.sendJson({ type: 'CloseStream' });
    await client.closed;
    expect(textOf(client.messages)).toBe(CLOSE);
    expect(client.messages.find((message) => !isFinal(message)) ?? {}).toMatchObject({ type: 'Results' });
    const shown = client.messages.filter(({ type }) => type === 'Results').map(transcriptOf);
    expect(shown.some((text) => text !== '' && HELLO.startsWith(text))).toBe(true);
    expect(simulator.deepgram.sessions()[0]?.finals.map(({ text }) => text)).toEqual([HELLO, CLOSE]);
  });

  it.for([
    ['minus-one', [-1]],
    ['both', [expect.closeTo(1.5, 0), -1]],
    ['never', []],
  ] as const)('utteranceEnds sends UtteranceEnd "%s"', async ([utteranceEnds, ends], context) => {
    const client = await connect(await createDeepgram(context, { utteranceEnds }));
    client.send(joined(spoken(HELLO), silence(2_500)));
    client.sendJson({ type: 'CloseStream' });
    await client.closed;
    const results = client.messages.filter(({ type }) => type === 'UtteranceEnd');
    expect(results.map((message) => message['last_word_end'])).toEqual(ends);
  });

  it('latencyMs delays all messages and keeps their order', async (context) => {
    const client = await connect(await createDeepgram(context, { latencyMs: 300 }));
    const sentAt = performance.now();
    client.send(joined(spoken(HELLO), silence(2_500)));
    client.sendJson({ type: 'CloseStream' });
    await client.until(({ type }) => type === 'Results');
    expect(performance.now() - sentAt).toBeGreaterThan(290);
    await client.closed;
    expect(client.messages.at(-1)?.['type']).toBe('Metadata');
  });

  it('throttle processes a burst at its own pace and loses nothing', async (context) => {
    const simulator = await createDeepgram(context, { throttle: 10, throttleBurstMs: 0 });
    const client = await connect(simulator);
    const sentAt = performance.now();
    for (let part = 0; part < 5; part += 1) client.send(silence(1_000));
    client.send(spoken(HELLO));
    client.sendJson({ type: 'CloseStream' });
    await client.closed;
    expect(performance.now() - sentAt).toBeGreaterThan(490);
    expect(textOf(client.messages)).toBe(HELLO);
  });

  it('oddEvery sends an additional message', async (context) => {
    const client = await connect(await createDeepgram(context, { oddEvery: 1, odd: 'text' }));
    client.send(silence(2_000));
    client.sendJson({ type: 'CloseStream' });
    await client.closed;
    expect(client.raw.filter((text) => text === 'upstream restarting')).toHaveLength(client.messages.length);
  });

  it('cut breaks one connection, or all', async (context) => {
    const simulator = await createDeepgram(context);
    const [first, second, third] = [
      await connect(simulator),
      await connect(simulator),
      await connect(simulator),
    ];
    expect(simulator.deepgram.cut(second.requestId)).toBe(1);
    expect((await second.closed).code).toBe(1006);
    expect(simulator.deepgram.sessions()[1]?.status).toBe('closed');
    expect(first.socket.readyState).toBe(first.socket.OPEN);
    expect(simulator.deepgram.cut()).toBe(2);
    expect([(await first.closed).code, (await third.closed).code]).toEqual([1006, 1006]);
  });
});
